import { beforeAll, describe, expect, it } from 'vitest';
import { hashOriginal, markerHashes } from '#libs/ccr';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { BUILD_LOG, SEARCH, compress, contentOf, toolResult } from '../../../test/support/tool-results.js';
import { compressMessages } from './index.js';
import { decodeLossless } from './decode-lossless.js';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

describe('compressing a long list of objects', () => {
  it('keeps the ends, the error, the anomaly and what was asked for, and says where the rest is', async () => {
    const outcome = await compress([
      { role: 'user', content: 'What is with zanzibar-quartz?' },
      toolResult(SEARCH),
    ]);
    const content = contentOf(outcome);
    for (const id of [0, 1, 2, 61, 99, 137, 198, 199])
      expect(content).toContain(`Document number ${String(id)} about`);
    const parsed = JSON.parse(content) as { _headroom: string };
    expect(parsed._headroom).toMatch(/^\[200 items compressed to \d+\. Retrieve more: hash=[a-f0-9]{24}\]$/);
    expect(outcome.reports[1]).toMatchObject({ reason: 'compressed', contentType: 'json' });
    expect(outcome.transforms[0]).toMatch(/^router:smart_crusher:0\.\d\d$/);
    expect(outcome.tokensAfter).toBeLessThan(outcome.tokensBefore * 0.2);
  });

  it('hands over the original under the hash that the marker names', async () => {
    const outcome = await compressMessages({ messages: [toolResult(SEARCH)], userId: 'ada' }, counter);
    const [original] = outcome.originals;
    expect(original).toMatchObject({ content: SEARCH, hash: hashOriginal(SEARCH), userId: 'ada' });
    expect(markerHashes(contentOf(outcome))).toEqual([original?.hash]);
    expect(original).toMatchObject({ originalItemCount: 200 });
  });

  it('puts the marker of a list at its end, so that it stays a list of its kind', async () => {
    const words = JSON.stringify(Array.from({ length: 500 }, (_, i) => `value ${String(i)} of the list`));
    const parsed = JSON.parse(contentOf(await compress([toolResult(words)]))) as string[];
    expect(parsed.at(-1)).toMatch(/^\[500 items compressed to/);
    expect(parsed.length).toBeLessThan(25);
  });

  it('sums up numbers and keeps outliers among them', async () => {
    const numbers = Array.from({ length: 800 }, (_, i) => (i === 400 ? 99_999 : i % 13));
    const parsed = JSON.parse(contentOf(await compress([toolResult(JSON.stringify(numbers))]))) as unknown[];
    expect(parsed).toContain(99_999);
    expect(parsed.at(-2)).toMatch(/^800 numbers: min 0, max 99999/);
  });

  it('drops nothing in lossless mode and marks nothing in lossy_inline', async () => {
    const lossless = await compress([toolResult(SEARCH)], { mode: 'lossless' });
    expect(decodeLossless(contentOf(lossless))).toBe(SEARCH);
    expect(lossless.originals).toHaveLength(1);
    expect(lossless.transforms[0]).toMatch(/^router:json:/);
    const inline = await compress([toolResult(SEARCH)], { mode: 'lossy_inline' });
    expect(contentOf(inline)).not.toContain('hash=');
    expect(inline.originals).toHaveLength(1);
  });

  it('lets a tool decide for itself', async () => {
    const call: Message = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'search', arguments: '{}' } }],
    };
    const skipped = await compress([call, toolResult(SEARCH)], {
      toolProfiles: { search: { skipCompression: true } },
    });
    expect(skipped.reports[1]?.reason).toBe('protected_tool');
    const more = await compress([call, toolResult(SEARCH)], {
      toolProfiles: { search: { maxItemsAfterCrush: 60 } },
    });
    expect(more.originals[0]?.compressedItemCount).toBeGreaterThan(50);
    expect(more.originals[0]?.toolName).toBe('search');
  });
});

describe('compressing a long log', () => {
  it('keeps errors, traces, summaries and headers, and drops what passed', async () => {
    const outcome = await compress([toolResult(BUILD_LOG)]);
    const lines = contentOf(outcome).split('\n');
    for (const line of BUILD_LOG.split('\n').slice(-6)) expect(lines).toContain(line);
    expect(lines[0]).toBe('===== test session starts =====');
    expect(lines.at(-1)).toMatch(/^\[307 lines compressed to \d+\. Retrieve more: hash=[a-f0-9]{24}\]$/);
    expect(outcome.transforms[0]).toMatch(/^router:log:0\.\d\d$/);
    expect(outcome.tokensAfter).toBeLessThan(outcome.tokensBefore * 0.1);
  });

  it('decodes byte for byte in lossless mode', async () => {
    expect(decodeLossless(contentOf(await compress([toolResult(BUILD_LOG)], { mode: 'lossless' })))).toBe(
      BUILD_LOG,
    );
  });
});

describe('the cache aligner', () => {
  it('moves what changes to the tail of the system prompt', async () => {
    const outcome = await compress([
      { role: 'system', content: 'You are helpful. Current Date: 2025-04-06' },
    ]);
    expect(contentOf(outcome)).toBe('You are helpful.\n\nCurrent Date: 2025-04-06');
    expect(outcome.transforms).toEqual(['cache_aligner']);
    expect(outcome.transformsSummary).toEqual({ cache_aligner: 1 });
    expect(outcome.originals).toHaveLength(1);
  });

  it('can be switched off', async () => {
    const message: Message = { role: 'system', content: 'Today is April 6, 2025.' };
    expect(
      (await compress([message], { cacheAligner: { enabled: false, datePatterns: [] } })).messages[0],
    ).toBe(message);
  });
});

describe('an id that two calls share', () => {
  const call = (name: string): Message => ({
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'call_1', type: 'function', function: { name, arguments: '{}' } }],
  });

  it('names the call before the result, so that later turns read it the same', async () => {
    const config = { toolProfiles: { search: { skipCompression: true } } };
    const messages = [call('search'), toolResult(SEARCH), call('look'), toolResult(SEARCH)];
    const reasons = (await compress(messages, config)).reports.map(({ reason }) => reason);
    expect(reasons[1]).toBe('protected_tool');
    expect(reasons[3]).toBe('compressed');
  });
});
