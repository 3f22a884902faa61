import { beforeEach, describe, expect, it } from 'vitest';
import { aCaller, aCallerFor } from '../../../test/support/callers.js';
import { aCompressor } from '../../../test/support/compressors.js';
import { A_RETENTION, anOriginalStore } from '../../../test/support/original-stores.js';
import { InMemorySharedContextStore, InProcessWakeups } from '../../../test/support/shared-context-stores.js';
import type { FakeClock } from '../../../test/support/fake-clock.js';
import { loadTokenCounter } from '#libs/tokens';
import { markerHashes, type OriginalStore } from '#libs/ccr';
import { ContentCompression, SharedContextService, type SharedContent } from './index.js';

const caller = aCaller();
const rows = Array.from({ length: 200 }, (_, id) => ({
  id,
  host: `web-${id}`,
  status: id === 150 ? 'failed' : 'ok',
}));
const findings = JSON.stringify(rows);
const text = (content: string): SharedContent => ({ kind: 'text', text: content });

let clock: FakeClock;
let originals: OriginalStore;
let contexts: SharedContextService;

beforeEach(() => {
  const made = anOriginalStore();
  clock = made.clock;
  originals = made.store;
  contexts = new SharedContextService(
    new InMemorySharedContextStore(clock),
    new ContentCompression(aCompressor(originals), originals),
    clock,
    new InProcessWakeups(),
    A_RETENTION,
  );
});

const put = (key: string, content: SharedContent, more: object = {}) =>
  contexts.put(caller, { context: 'crew', key, content, ...more });

describe('putting into a shared context', () => {
  it('compresses, and counts what the contents themselves cost', async () => {
    const { entry, created } = await put('findings', text(findings), { agent: 'researcher' });
    const counter = await loadTokenCounter();
    const view = await contexts.get(caller, 'crew', 'findings');
    expect(created).toBe(true);
    expect(entry).toMatchObject({ version: 1, agent: 'researcher' });
    expect(entry.originalTokens).toBe(counter.countText(findings));
    expect(entry.compressedTokens).toBe(counter.countText(view.content.text));
    expect(entry.compressedTokens).toBeLessThan(entry.originalTokens / 2);
    expect(entry.transforms).not.toEqual([]);
  });

  it('makes the original retrievable by its hash, compressed or not', async () => {
    for (const content of [findings, 'too short to compress', '', 'NUL \u0000 inside']) {
      const { entry } = await put('k', text(content));
      const found = await originals.find(caller, entry.hash);
      expect(found).toMatchObject({ status: 'found', original: { content } });
    }
  });

  it('keeps what its markers name within reach as long as it is read, however short originals live', async () => {
    const array = JSON.stringify([{ role: 'tool', tool_call_id: 'c', content: findings }]);
    for (const content of [findings, array]) {
      await put('long', text(content), { ttlSeconds: 30 * A_RETENTION.ttlSeconds });
      const first = await contexts.get(caller, 'crew', 'long');
      const named = markerHashes(first.content.text);
      expect(named).not.toEqual([]);
      for (let day = 0; day < 5; day++) {
        clock.advanceSeconds(1.5 * A_RETENTION.ttlSeconds);
        await contexts.get(caller, 'crew', 'long', { query: 'failed' });
        await contexts.get(caller, 'crew', 'long', { full: true });
        for (const hash of named) expect((await originals.find(caller, hash)).status).toBe('expired');
        expect(await contexts.get(caller, 'crew', 'long')).toEqual(first);
        for (const hash of named) expect((await originals.find(caller, hash)).status).toBe('found');
      }
    }
  });

  it('counts versions and honours conditions', async () => {
    await put('k', text('one'), { condition: { kind: 'absent' } });
    await expect(put('k', text('two'), { condition: { kind: 'absent' } })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
    const second = await put('k', text('two'), { condition: { kind: 'version', version: 1 } });
    expect(second).toMatchObject({ created: false, entry: { version: 2 } });
    await expect(put('k', text('3'), { condition: { kind: 'version', version: 1 } })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
    await expect(put('new', text('3'), { condition: { kind: 'present' } })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
    expect(await put('k', text('3'), { condition: { kind: 'present' } })).toMatchObject({ created: false });
  });

  it('evicts the oldest when the context is full', async () => {
    await contexts.configure(caller, 'crew', { maxEntries: 2 });
    for (const key of ['a', 'b', 'c']) {
      await put(key, text(key));
      clock.advanceSeconds(1);
    }
    const { data } = await contexts.list(caller, 'crew', { limit: 10 });
    expect(data.map(({ key }) => key)).toEqual(['c', 'b']);
  });

  it('does not let a key act for another user', async () => {
    const bound = aCallerFor(['ann']);
    const request = { context: 'crew', key: 'k', content: text('x'), userId: 'bob' };
    await expect(contexts.put(bound, request)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('reading from a shared context', () => {
  it('gives the original back byte for byte', async () => {
    const json = '{ "a": 1.0, "b": 12345678901234567890,\t"c": "\\u0041" }';
    await put('json', { kind: 'json', text: json });
    const { content } = await contexts.get(caller, 'crew', 'json', { full: true });
    expect(content).toEqual({ kind: 'json', text: json });
  });

  it('gives only what matches a query', async () => {
    await put('findings', { kind: 'json', text: findings });
    const { content } = await contexts.get(caller, 'crew', 'findings', { query: 'failed' });
    expect(JSON.parse(content.text)).toEqual([rows[150]]);
  });

  it('tells expired from never there', async () => {
    await put('k', text('x'), { ttlSeconds: 60 });
    clock.advanceSeconds(61);
    await expect(contexts.get(caller, 'crew', 'k')).rejects.toThrow(/expired/);
    await expect(contexts.get(caller, 'crew', 'other')).rejects.not.toThrow(/expired/);
    await expect(contexts.get(caller, 'crew', 'other')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('lives as long as the configuration says when the put does not', async () => {
    await contexts.configure(caller, 'crew', { ttlSeconds: 10 });
    const { entry } = await put('k', text('x'));
    expect(entry.expiresAt.getTime() - entry.createdAt.getTime()).toBe(10_000);
  });
});

describe('a shared context as a whole', () => {
  it('adds up what it holds', async () => {
    const one = await put('one', text(findings));
    const two = await put('two', text('short'));
    expect(await contexts.totals(caller, 'crew')).toEqual({
      entries: 2,
      totalOriginalTokens: one.entry.originalTokens + two.entry.originalTokens,
      totalCompressedTokens: one.entry.compressedTokens + two.entry.compressedTokens,
    });
  });

  it('forgets one entry, and then all', async () => {
    await put('a', text('a'));
    await put('b', text('b'));
    await contexts.remove(caller, 'crew', 'a');
    await expect(contexts.remove(caller, 'crew', 'a')).rejects.toMatchObject({ code: 'not_found' });
    expect(await contexts.clear(caller, 'crew')).toBe(1);
    expect(await contexts.totals(caller, 'crew')).toMatchObject({ entries: 0 });
  });

  it('is invisible to other tenants', async () => {
    await put('k', text('x'));
    await expect(contexts.get(aCaller({ tenantId: 'tenant-b' }), 'crew', 'k')).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
