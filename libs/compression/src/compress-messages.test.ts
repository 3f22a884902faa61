import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hashOriginal, markerHashes } from '#libs/ccr';
import { parseJsonTree, writeJsonTree } from '#libs/json-text';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import {
  compressMessages,
  decodeLossless,
  type CompressionSettings,
  type CompressionOutcome,
} from './index.js';

const DATA = join('..', 'shared', 'data');

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

function compress(messages: readonly Message[], config?: CompressionSettings): Promise<CompressionOutcome> {
  return compressMessages({ messages, config }, counter);
}

function toolResult(content: string, id = 'call_1'): Message {
  return { role: 'tool', tool_call_id: id, content };
}

function contentOf(outcome: CompressionOutcome, index = -1): string {
  return outcome.messages.at(index)?.content as string;
}

const SEARCH = JSON.stringify({
  results: Array.from({ length: 200 }, (_, id) => ({
    id,
    title: `Document number ${String(id)} about storage`,
    status: id === 137 ? 'failed' : 'ok',
    score: 50 + (id % 10),
    latency_ms: id === 61 ? 90_000 : 20 + (id % 5),
    owner: id === 99 ? 'zanzibar-quartz' : `team-${String(id % 7)}`,
  })),
});

const BUILD_LOG = [
  '===== test session starts =====',
  ...Array.from(
    { length: 300 },
    (_, i) =>
      `2024-05-01 10:00:${String(i % 60).padStart(2, '0')} INFO tests/test_${String(i)}.py::test_ok PASSED`,
  ),
  '2024-05-01 10:05:00 ERROR tests/test_foo.py::test_fail FAILED: expected 5, got 3',
  'Traceback (most recent call last):',
  '  File "tests/test_foo.py", line 12, in test_fail',
  '    assert total(x) == 5',
  'AssertionError: expected 5, got 3',
  '===== 1 failed, 300 passed in 3.21s =====',
].join('\n');

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

describe('what a model asked back', () => {
  it('reaches it whole', async () => {
    const call: Message = {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'headroom_retrieve', arguments: '{}' } },
      ],
    };
    expect((await compress([call, toolResult(SEARCH)])).reports[1]?.reason).toBe('protected_tool');
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

describe('what stays as it is', () => {
  it('leaves users, assistants and the frozen prefix alone, as the very same objects', async () => {
    const messages: Message[] = [
      { role: 'system', content: 'You are helpful.' },
      { role: 'user', content: SEARCH },
      { role: 'assistant', content: SEARCH },
      toolResult(SEARCH),
      toolResult('short'),
      toolResult('QUJDREVG'.repeat(200)),
    ];
    const outcome = await compress(messages, { frozenMessageCount: 4 });
    for (const [index, message] of messages.entries()) expect(outcome.messages[index]).toBe(message);
    expect(outcome.reports.map(({ reason }) => reason)).toEqual([
      'protected_frozen',
      'protected_frozen',
      'protected_frozen',
      'protected_frozen',
      'below_min_tokens',
      'not_smaller',
    ]);
    expect(outcome.changed).not.toContain(true);
    expect(outcome.tokensAfter).toBe(counter.countMessages(messages));
  });

  it('touches what a user wrote only when told to', async () => {
    const message: Message = { role: 'user', content: SEARCH };
    expect((await compress([message])).reports[0]?.reason).toBe('protected_role');
    expect((await compress([message], { compressUserMessages: true })).reports[0]?.reason).toBe('compressed');
  });

  it("compresses Anthropic's tool results inside a user message and nothing beside them", async () => {
    const message: Message = {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: SEARCH },
        {
          type: 'tool_result',
          tool_use_id: 'b',
          content: [{ type: 'text', text: BUILD_LOG }],
          is_error: false,
        },
        { type: 'text', text: SEARCH, cache_control: { type: 'ephemeral' } },
      ],
    };
    const outcome = await compress([message]);
    const [first, second, third] = outcome.messages[0]?.content as unknown as {
      content?: unknown;
      text?: string;
    }[];
    expect(first?.content).toContain('items compressed');
    expect(JSON.stringify(second)).toContain('lines compressed');
    expect(third).toEqual({ type: 'text', text: SEARCH, cache_control: { type: 'ephemeral' } });
    expect(outcome.originals.map(({ content }) => content)).toEqual([SEARCH, BUILD_LOG]);
  });

  it('is done once: what it made it leaves alone', async () => {
    for (const mode of ['ccr', 'lossless'] as const) {
      const once = await compress([toolResult(SEARCH), toolResult(BUILD_LOG)], { mode });
      const twice = await compress(once.messages, { mode });
      expect(twice.messages).toEqual(once.messages);
      expect(twice.changed).toEqual([false, false]);
    }
  });

  it('gives earlier messages the same bytes on every later turn', async () => {
    const turn: Message[] = [{ role: 'user', content: 'Find document 17' }, toolResult(SEARCH)];
    const later: Message[] = [
      ...turn,
      { role: 'assistant', content: 'Done.' },
      { role: 'user', content: 'And zanzibar-quartz?' },
    ];
    expect((await compress(later)).messages.slice(0, 2)).toEqual((await compress(turn)).messages);
  });

  it('stops at the deadline and says so', async () => {
    let time = 0;
    const outcome = await compressMessages(
      { messages: [toolResult(SEARCH), toolResult(SEARCH)], config: { deadlineMs: 10 } },
      counter,
      {
        now: () => (time += 6),
      },
    );
    expect(outcome.reports.map(({ reason }) => reason)).toEqual(['compressed', 'deadline']);
  });
});

describe('the cache aligner', () => {
  it('moves what changes to the tail of the system prompt', async () => {
    const outcome = await compress([
      { role: 'system', content: 'You are helpful. Current Date: 2025-04-06' },
    ]);
    expect(contentOf(outcome)).toBe('You are helpful.\n\n[Context: Current Date: 2025-04-06]');
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

describe('input that is made to hurt', () => {
  const nasty: readonly (readonly [string, string])[] = [
    ['a megabyte of one letter', 'x'.repeat(1_000_000)],
    ['a megabyte without a space', 'ab1,'.repeat(250_000)],
    ['one log line of a megabyte', `2024-05-01 10:00:00 ERROR ${'failed '.repeat(150_000)}`],
    ['nesting 10,000 deep', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['objects nested 10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['100,000 numbers', JSON.stringify(Array.from({ length: 100_000 }, (_, i) => i))],
    ['100,000 objects', JSON.stringify(Array.from({ length: 100_000 }, (_, i) => ({ i })))],
    [
      'keys that are traps',
      `[${Array.from({ length: 100 }, (_, i) => `{"__proto__":{"x":${String(i)}},"constructor":1,"toString":"long enough to count"}`).join(',')}]`,
    ],
    [
      'lone surrogates and NUL bytes',
      JSON.stringify(Array.from({ length: 200 }, (_, i) => `\ud800\u0000 ${String(i)} \udfff`)),
    ],
    [
      'raw lone surrogates',
      Array.from({ length: 200 }, (_, i) => `10:00:00 INFO \ud800 ${String(i)} \u0000\r`).join('\n'),
    ],
    ['malformed JSON', SEARCH.slice(0, -2)],
    ['malformed HTML', '<html><body>'.repeat(5000)],
    ['malformed diff', `diff --git a b\n${'@@ -1 +1 @@\n'.repeat(5000)}`],
    ['line ends of all kinds', 'INFO a\r\nINFO b\rINFO c\n'.repeat(500)],
    ['brackets that never close', '['.repeat(100_000)],
    [
      'keys of one object, 50,000',
      `{${Array.from({ length: 50_000 }, (_, i) => `"k${String(i)}":{"v":${String(i)}}`).join(',')}}`,
    ],
  ];

  it.each(nasty)('survives %s', async (_, text) => {
    for (const mode of ['ccr', 'lossless'] as const) {
      const outcome = await compress([{ role: 'user', content: 'k7 failed?' }, toolResult(text)], { mode });
      const report = outcome.reports[1];
      expect(report?.reason).not.toBe('failed');
      expect(report?.tokensAfter).toBeLessThanOrEqual(report?.tokensBefore ?? 0);
      const content = contentOf(outcome);
      if (report?.contentType === 'json')
        expect(() => {
          JSON.parse(content);
        }).not.toThrow();
      if (outcome.changed[1]) expect(outcome.originals[0]?.content).toBe(text);
    }
  });
});

describe.skipIf(!existsSync(DATA))(`real outputs (skipped without ${DATA})`, () => {
  const folder = join(DATA, 'json-responses');

  it('lose nothing in lossless mode and never cost more than minified', async () => {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
      const text = readFileSync(join(folder, name), 'utf8');
      const content = contentOf(await compress([toolResult(text)], { mode: 'lossless' }));
      const tree = parseJsonTree(text);
      const minified = tree === undefined ? text : writeJsonTree(tree);
      expect(decodeLossless(content) === minified, name).toBe(true);
      expect(counter.countText(content), name).toBeLessThanOrEqual(counter.countText(minified));
    }
  });
});

describe.skipIf(!existsSync(DATA))(`real conversations (skipped without ${DATA})`, () => {
  it.each(['tau-bench-airline', 'pi-session', 'swe-agent', 'toolbench'])(
    '%s keep their shape',
    async (name) => {
      const lines = readFileSync(join(DATA, 'conversations', `${name}.jsonl`), 'utf8')
        .trim()
        .split('\n')
        .slice(0, 10);
      for (const line of lines) {
        const { messages } = JSON.parse(line) as { messages: Message[] };
        const outcome = await compress(messages);
        for (const [index, message] of messages.entries()) {
          const after = outcome.messages[index];
          if (outcome.changed[index])
            expect({ ...after, content: null }).toEqual({ ...message, content: null });
          else expect(after).toBe(message);
        }
        const stored = new Map(outcome.originals.map(({ hash, content }) => [hash, content]));
        for (const [hash, content] of stored) expect(hashOriginal(content)).toBe(hash);
        for (const message of outcome.messages.filter((_, index) => outcome.changed[index])) {
          for (const hash of markerHashes(message.content as string)) expect(stored.has(hash)).toBe(true);
        }
        const again = await compress(messages);
        expect(JSON.stringify(again)).toBe(JSON.stringify(outcome));
      }
    },
  );
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
