import { describe, expect, it } from 'vitest';
import { hashOriginal, linesMarker, type OriginalStore } from '#libs/ccr';
import type { Clock } from '#libs/kernel';
import { HANDOFF_TRACE_SECONDS, statusOf } from '#libs/shared-context';
import { aCaller, aCallerFor } from '../support/callers.js';
import { HANDOFF_TTL, handoffRoom, type HandoffStores } from '../support/handoff-room.js';
import { A_RETENTION } from '../support/original-stores.js';
import { AWKWARD_TEXTS } from './awkward-texts.js';
import { anOriginal } from './original-store.contract.js';

/** What every HandoffStore does, on every adapter. `open` gives empty stores. */
export function handoffStoreContract(open: (clock: Clock) => Promise<HandoffStores>): void {
  const caller = aCaller();
  const withEntries = handoffRoom(open, caller);

  describe('a handoff', () => {
    it('pins the versions that are there, in the order given', async () => {
      const { put, give, handoffs } = await withEntries('plan', 'facts');
      await put('plan', { agent: 'planner', userId: 'ann', contentKind: 'json' });
      const handoff = await give(['facts', 'plan'], { note: 'NUL \u0000 and \ud800', tokenBudget: 80 });
      expect(handoff).toMatchObject({
        from: 'researcher',
        to: 'writer',
        note: 'NUL \u0000 and \ud800',
        tokenBudget: 80,
        entries: [
          { key: 'facts', version: 1, contentKind: 'text' },
          { key: 'plan', version: 2, agent: 'planner', userId: 'ann', contentKind: 'json' },
        ],
        leftOut: [],
      });
      expect(await handoffs.find(caller, 'release', handoff.id)).toEqual(handoff);
    });

    it('leaves out what does not fit its budget, and names it', async () => {
      const { put, give, accept } = await withEntries('a');
      await put('large', { compressedTokens: 90 });
      await put('small', { compressedTokens: 10 });
      const { id, entries, leftOut } = await give(['a', 'large', 'small'], { tokenBudget: 50 });
      expect(entries.map(({ key }) => key)).toEqual(['a', 'small']);
      expect(leftOut).toMatchObject([{ key: 'large', version: 1 }]);
      const { contents } = await accept(id);
      expect(contents.map(({ text }) => text)).toEqual(['compressed a', 'compressed small']);
    });

    it('is refused where nothing fits, with what would be needed', async () => {
      const { put, give, list } = await withEntries('a');
      await put('b', { compressedTokens: 30 });
      await expect(give(['a', 'b'], { tokenBudget: 29 })).rejects.toMatchObject({
        code: 'context_over_budget',
        details: { token_budget: 29, tokens_needed: 30, tokens_of_all: 70 },
      });
      expect(await list()).toEqual([]);
    });

    it('is refused for what is not there, naming every such key and which has expired', async () => {
      const { put, give, clock, contexts } = await withEntries('a', 'b');
      await put('short', { expiresAt: new Date(clock.now().getTime() + 1_000) });
      await contexts.remove(caller, 'release', 'b');
      clock.advanceSeconds(1);
      const refused = give(['b', 'a', 'short', 'never']);
      await expect(refused).rejects.toMatchObject({
        code: 'not_found',
        details: { keys: ['b', 'short', 'never'] },
      });
      await expect(refused).rejects.toThrow(/keys\[2\]: expired/);
    });

    it.each(['a', 'A', 'á', 'a\u0301', `'"; --`, '🧠', ' a', 'a%'])(
      'is found by the exact names of its context and recipient: %#',
      async (name) => {
        const { put, give, handoffs, clock } = await withEntries();
        await put(name, { context: name });
        const { id } = await give([name], { context: name, to: name });
        const found = (context: string, to: string) =>
          handoffs.list(caller, context, { to }, { limit: 5 }, clock.now());
        expect((await found(name, name)).data).toMatchObject([{ id, context: name, to: name }]);
        expect((await found(name, `${name}x`)).data).toEqual([]);
        expect((await found('release', name)).data).toEqual([]);
        const elsewhere = handoffs.accept(caller, 'release', id, clock.now());
        await expect(elsewhere).rejects.toMatchObject({ code: 'not_found' });
      },
    );
  });

  describe('accepting', () => {
    it.each(AWKWARD_TEXTS)('gives exactly what was pinned when it is %s', async (_name, compressed) => {
      const { put, give, accept } = await withEntries();
      await put('plan', { compressed });
      const { id } = await give(['plan']);
      expect((await accept(id)).contents).toEqual([{ kind: 'text', text: compressed }]);
    });

    it('gives what was pinned after the entry was changed, deleted or has expired', async () => {
      const { put, give, accept, contexts, clock } = await withEntries('changed', 'deleted', 'expired');
      const { id } = await give(['changed', 'deleted', 'expired']);
      await put('changed', { compressed: 'of another version' });
      await contexts.remove(caller, 'release', 'deleted');
      clock.advanceSeconds(HANDOFF_TTL - 1);
      await contexts.sweep(clock.now());
      const { handoff, contents } = await accept(id);
      expect(contents.map(({ text }) => text)).toEqual([
        'compressed changed',
        'compressed deleted',
        'compressed expired',
      ]);
      expect(handoff.entries.map(({ version }) => version)).toEqual([1, 1, 1]);
    });

    it('happens once', async () => {
      const { give, accept, clock, handoffs } = await withEntries('plan');
      const { id } = await give(['plan']);
      const { handoff } = await accept(id);
      expect(handoff.acceptedAt).toEqual(clock.now());
      clock.advanceSeconds(1);
      await expect(accept(id)).rejects.toMatchObject({ code: 'conflict', details: { status: 'accepted' } });
      expect(await handoffs.find(caller, 'release', id)).toEqual(handoff);
    });

    it('is won by one of many at once', async () => {
      const { give, accept } = await withEntries('plan');
      const { id } = await give(['plan']);
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => accept(id)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' });
      }
    });

    it('comes too late after the expiry, and never for what is not there', async () => {
      const { give, accept, clock, handoffs } = await withEntries('plan');
      const { id } = await give(['plan']);
      clock.advanceSeconds(HANDOFF_TTL);
      expect(statusOf(await handoffs.find(caller, 'release', id), clock.now())).toBe('expired');
      await expect(accept(id)).rejects.toMatchObject({ code: 'conflict', details: { status: 'expired' } });
      await expect(accept(id)).rejects.toThrow(/expired/);
      await expect(accept('hand_none')).rejects.toMatchObject({ code: 'not_found' });
    });
  });

  describe('the originals of what is handed over', () => {
    const findWhole = (originals: OriginalStore, key: string) =>
      originals.find(caller, hashOriginal(`original of ${key}`));

    it('outlive their own expiry until that of the handoff', async () => {
      const { put, give, originals, clock } = await withEntries('kept', 'left out');
      await put('left out', { compressedTokens: 1_000 });
      await put('not given');
      for (const key of ['kept', 'left out', 'not given']) {
        const content = `original of ${key}`;
        await originals.put(caller, [anOriginal(hashOriginal(content), { content })]);
      }
      await give(['kept', 'left out'], { tokenBudget: 100 });
      clock.advanceSeconds(A_RETENTION.ttlSeconds + 1);
      await originals.sweep();
      for (const key of ['kept', 'left out']) {
        expect(await findWhole(originals, key)).toMatchObject({
          status: 'found',
          original: { content: `original of ${key}` },
        });
      }
      expect((await findWhole(originals, 'not given')).status).toBe('expired');
      clock.advanceSeconds(HANDOFF_TTL);
      await originals.sweep();
      expect((await findWhole(originals, 'kept')).status).toBe('expired');
    });

    it('come back from the entry where they were gone', async () => {
      const { give, originals } = await withEntries('plan');
      expect((await findWhole(originals, 'plan')).status).toBe('unknown');
      await give(['plan']);
      expect(await findWhole(originals, 'plan')).toMatchObject({
        original: { content: 'original of plan', originalTokens: 100, compressedTokens: 40 },
      });
    });

    it('are not cleared away for their number', async () => {
      const { give, originals, clock } = await withEntries('plan');
      await give(['plan']);
      clock.advanceSeconds(1);
      const others = Array.from({ length: A_RETENTION.maxEntries }, (_, i) =>
        anOriginal(i.toString(16).padStart(24, '0'), { content: 'x' }),
      );
      await originals.put(caller, others);
      await originals.sweep();
      expect((await findWhole(originals, 'plan')).status).toBe('found');
    });

    it('are also those of the parts that its markers name, and of their owner alone', async () => {
      const { put, give, originals, clock } = await withEntries();
      const [part, ofBob] = [hashOriginal('a part'), hashOriginal('bob’s')];
      await originals.put(caller, [
        anOriginal(part, { content: 'a part', userId: 'ann' }),
        anOriginal(ofBob, { content: 'bob’s', userId: 'bob' }),
      ]);
      const compressed = `${linesMarker(9, 1, part)}\n${linesMarker(9, 1, ofBob)}`;
      await put('messages', { compressed, userId: 'ann' });
      await give(['messages']);
      clock.advanceSeconds(A_RETENTION.ttlSeconds + 1);
      await originals.sweep();
      expect((await originals.find(caller, part)).status).toBe('found');
      expect((await originals.find(caller, ofBob)).status).toBe('expired');
    });

    it('live on for their usual time from the moment of accepting', async () => {
      const { give, accept, originals, clock } = await withEntries('plan');
      const { id } = await give(['plan']);
      clock.advanceSeconds(HANDOFF_TTL - 1);
      await accept(id);
      clock.advanceSeconds(A_RETENTION.ttlSeconds - 1);
      await originals.sweep();
      expect((await findWhole(originals, 'plan')).status).toBe('found');
    });

    it('are kept for the longest of several handoffs', async () => {
      const { give, originals, clock } = await withEntries('plan');
      const at = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000);
      await give(['plan'], { expiresAt: at(3 * HANDOFF_TTL) });
      await give(['plan'], { expiresAt: at(HANDOFF_TTL) });
      clock.advanceSeconds(2 * HANDOFF_TTL);
      await originals.sweep();
      expect((await findWhole(originals, 'plan')).status).toBe('found');
    });

    it('may be the same for several entries', async () => {
      const { put, give, originals } = await withEntries();
      for (const key of ['one', 'two'])
        await put(key, { original: 'the same', hash: hashOriginal('the same') });
      await give(['one', 'two']);
      expect((await originals.find(caller, hashOriginal('the same'))).status).toBe('found');
    });
  });

  describe('a list', () => {
    it('is newest first, page by page, and stable under new ones', async () => {
      const { give, handoffs, clock } = await withEntries('plan');
      const ids: string[] = [];
      for (let i = 0; i < 5; i++) {
        ids.push((await give(['plan'])).id);
        if (i % 2 === 0) clock.advanceSeconds(1);
      }
      const page = (cursor?: string) =>
        handoffs.list(caller, 'release', {}, { limit: 2, cursor }, clock.now());
      const first = await page();
      await give(['plan']);
      const second = await page(first.nextCursor!);
      const third = await page(second.nextCursor!);
      const all = [first, second, third].flatMap(({ data }) => data.map(({ id }) => id));
      expect(all).toEqual(ids.toReversed());
      expect(third.nextCursor).toBeNull();
      const ofAnother = handoffs.list(
        caller,
        'release',
        { to: 'writer' },
        { limit: 2, cursor: first.nextCursor! },
        clock.now(),
      );
      await expect(ofAnother).rejects.toMatchObject({ code: 'validation_error' });
    });

    it('tells by recipient and by status', async () => {
      const { give, accept, list, clock } = await withEntries('plan');
      const expired = (await give(['plan'], { expiresAt: new Date(clock.now().getTime() + 1_000) })).id;
      const accepted = (await give(['plan'])).id;
      const pending = (await give(['plan'], { to: 'tester' })).id;
      await accept(accepted);
      clock.advanceSeconds(1);
      expect(await list({ status: 'expired' })).toEqual([expired]);
      expect(await list({ status: 'accepted' })).toEqual([accepted]);
      expect(await list({ status: 'pending' })).toEqual([pending]);
      expect(await list({ to: 'tester' })).toEqual([pending]);
      expect(await list({ to: 'writer', status: 'pending' })).toEqual([]);
    });
  });

  describe('the end', () => {
    it('takes the contents when their time is over, and after 30 days its traces', async () => {
      const { give, accept, list, handoffs, clock } = await withEntries('plan');
      const expired = (await give(['plan'])).id;
      const accepted = (await give(['plan'])).id;
      await accept(accepted);
      expect(await handoffs.sweep(clock.now())).toBe(0);
      clock.advanceSeconds(HANDOFF_TTL);
      expect(await handoffs.sweep(clock.now())).toBe(2);
      expect(await handoffs.sweep(clock.now())).toBe(0);
      expect(await list({ status: 'expired' })).toEqual([expired]);
      clock.advanceSeconds(HANDOFF_TRACE_SECONDS + 1);
      await handoffs.sweep(clock.now());
      expect(await list()).toEqual([]);
    });
  });

  describe('the log of the context', () => {
    it('is told of it and of its accepting, by whom', async () => {
      const { put, give, accept, log } = await withEntries();
      await put('plan', { userId: 'ann' });
      const { id } = await give(['plan']);
      await accept(id);
      await expect(accept(id)).rejects.toThrow();
      const { events } = await log.read(caller, 'release', 0, 10);
      expect(events.slice(1)).toMatchObject([
        { type: 'handoff.created', handoffId: id, agent: 'researcher', userId: 'ann' },
        { type: 'handoff.accepted', handoffId: id, agent: 'writer', userId: 'ann' },
      ]);
    });
  });

  describe('isolation', () => {
    it('keeps tenants apart under the same names', async () => {
      const { give, list, handoffs, clock } = await withEntries('plan');
      const other = aCaller({ tenantId: 'tenant-b' });
      const { id } = await give(['plan']);
      expect(await list({}, other)).toEqual([]);
      await expect(give(['plan'], {}, other)).rejects.toMatchObject({ code: 'not_found' });
      const found = handoffs.find(other, 'release', id);
      await expect(found).rejects.toMatchObject({ code: 'not_found' });
      const accepted = handoffs.accept(other, 'release', id, clock.now());
      await expect(accepted).rejects.toMatchObject({ code: 'not_found' });
    });

    it('lets a key bound to users pin and see only what is theirs or nobody’s', async () => {
      const { put, give, accept, list, handoffs } = await withEntries('of nobody');
      const bob = aCallerFor(['bob']);
      await put('of ann', { userId: 'ann' });
      await put('of bob', { userId: 'bob' });
      await expect(give(['of bob', 'of ann'], {}, bob)).rejects.toMatchObject({ code: 'forbidden' });
      const mine = await give(['of bob', 'of nobody'], {}, bob);
      const both = await give(['of bob', 'of ann']);
      const left = await give(['of nobody', 'of ann'], { tokenBudget: 40 });
      expect(left.leftOut).toMatchObject([{ key: 'of ann' }]);
      expect(await list({}, bob)).toEqual([mine.id]);
      for (const { id } of [both, left]) {
        await expect(accept(id, bob)).rejects.toMatchObject({ code: 'forbidden' });
        await expect(handoffs.find(bob, 'release', id)).rejects.toMatchObject({ code: 'forbidden' });
      }
      expect((await accept(mine.id, bob)).contents).toHaveLength(2);
      expect((await accept(both.id)).contents).toHaveLength(2);
    });
  });
}
