import { describe, expect, it } from 'vitest';
import { aCaller } from '../../../test/support/callers.js';
import { aCompressor } from '../../../test/support/compressors.js';
import { anOriginalStore } from '../../../test/support/original-stores.js';
import {
  Compressor,
  compressMessages,
  CompressionRunner,
  type CompressionOutcome,
  type CompressionRequest,
} from '#libs/compression';
import { ContextWindow } from '#libs/context-window';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, ModelRegistry, type TokenCounter } from '#libs/tokens';
import { ContextBuilder, type BuiltContext } from './index.js';

async function build(messages: readonly Message[], tokenBudget?: number): Promise<BuiltContext> {
  const { store } = anOriginalStore();
  const builder = new ContextBuilder(aCompressor(store), new ContextWindow(store), new ModelRegistry());
  return builder.build(aCaller(), {
    messages,
    tokenBudget,
    outputBufferTokens: 1000,
    strategy: 'rolling_window',
    keepLastTurns: 1,
    compress: true,
  });
}

const read = (path: string, id: string, content: string): Message[] => [
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id, type: 'function', function: { name: 'read', arguments: JSON.stringify({ path }) } }],
  },
  { role: 'tool', tool_call_id: id, content },
];

const story = (of: string): string =>
  Array.from(
    { length: 20 },
    (_, i) => `In year ${String(i * 13)} the ${of} was seen by ${String(i)} people.`,
  ).join('\n');

describe('a system prompt with a date', () => {
  const messages: Message[] = [
    { role: 'system', content: 'You are helpful. Current Date: 2025-04-06' },
    { role: 'user', content: 'Hello' },
  ];

  it('is aligned and costs no more, however small the budget', async () => {
    const counter = await loadTokenCounter();
    for (const budget of [undefined, counter.countMessages(messages)]) {
      const built = await build(messages, budget);
      expect(built.messages[0]?.content).toBe('You are helpful.\n\nCurrent Date: 2025-04-06');
      expect(built.tokensAfter).toBeLessThanOrEqual(built.tokensBefore);
      expect(built.transforms).toEqual(['cache_aligner']);
    }
  });
});

describe('what a context costs', () => {
  const messages: Message[] = [
    { role: 'user', content: 'Hello' },
    {
      role: 'tool',
      tool_call_id: 'call_1',
      content: JSON.stringify(Array.from({ length: 400 }, (_, id) => ({ id }))),
    },
  ];
  const over = async (outcome: (given: CompressionOutcome) => CompressionOutcome) => {
    const { store } = anOriginalStore();
    const counter = await loadTokenCounter();
    const counted: Message[] = [];
    const watching: TokenCounter = {
      encoding: counter.encoding,
      exact: counter.exact,
      replyTokens: counter.replyTokens,
      countText: (text) => counter.countText(text),
      countMessages: (all) => counter.countMessages(all.map((each) => (counted.push(each), each))),
      countMessage: (each) => (counted.push(each), counter.countMessage(each)),
    };
    class Runner extends CompressionRunner {
      override async run(request: CompressionRequest): Promise<CompressionOutcome> {
        return outcome(await compressMessages(request, counter));
      }
    }
    const builder = new ContextBuilder(
      new Compressor(new Runner(), store),
      new ContextWindow(store),
      new ModelRegistry(),
      undefined,
      () => Promise.resolve(watching),
    );
    const request = {
      messages,
      outputBufferTokens: 1000,
      strategy: 'intelligent',
      keepLastTurns: 1,
    } as const;
    return { built: await builder.build(aCaller(), { ...request, compress: true }), counted, counter };
  };

  it('is what compression has counted, which may have been long', async () => {
    const { built, counted, counter } = await over((given) => given);
    expect(built.tokensAfter).toBe(counter.countMessages(built.messages));
    expect(built.tokensBefore).toBe(counter.countMessages(messages));
    expect(counted).toEqual([]);
  });

  it('is counted where compression gave up and only guessed', async () => {
    const { built, counter } = await over((given) => ({
      ...given,
      messages,
      tokensBefore: 7,
      tokensAfter: 7,
      isEstimated: true,
      reports: given.reports.map((report) => ({ ...report, tokensBefore: 2, tokensAfter: 2 })),
    }));
    const tokens = counter.countMessages(messages);
    expect(built).toMatchObject({ tokensBefore: tokens, tokensAfter: tokens });
  });
});

describe('what goes first when room is short', () => {
  const asked: Message[] = [
    { role: 'user', content: `Tell me about ships. ${story('ship')}` },
    { role: 'assistant', content: 'I shall look.' },
  ];
  const end: Message = { role: 'user', content: 'And now?' };

  it('is a file that was read anew', async () => {
    const messages = [...asked, ...read('a', '1', story('whale')), ...read('a', '2', story('gull')), end];
    const whole = await build(messages);
    const { dropped } = await build(messages, whole.tokensAfter - 10);
    expect(dropped.map(({ index }) => index)).toEqual([2, 3]);
  });

  it('is not what a later message refers to', async () => {
    const messages = [...asked, ...read('a', '1', story('whale')), ...read('a', '2', story('whale')), end];
    const whole = await build(messages);
    expect(whole.messages[5]?.content).toMatch(/^\[Same as the result of read\(a\) above/);
    const { dropped } = await build(messages, whole.tokensAfter - 10);
    expect(dropped.map(({ index }) => index)).toEqual([0]);
  });
});

describe('a prompt that is slightly too long', () => {
  const hits = Array.from(
    { length: 200 },
    (_, i) =>
      `src/part-${String(i % 20)}/file-${String(i)}.ts:${String(i + 1)}:const item${String(i)} = load();`,
  ).join('\n');
  const prompt: Message[] = [
    { role: 'user', content: `First things first. ${story('ship')}` },
    ...read('a', '1', hits),
    { role: 'assistant', content: 'There they are.' },
    { role: 'user', content: 'And now?' },
  ];
  const intelligent = async (tokenBudget: number, compress = true): Promise<BuiltContext> => {
    const { store } = anOriginalStore();
    const builder = new ContextBuilder(aCompressor(store), new ContextWindow(store), new ModelRegistry());
    return builder.build(aCaller(), {
      messages: prompt,
      tokenBudget,
      outputBufferTokens: 1000,
      strategy: 'intelligent',
      keepLastTurns: 1,
      compress,
    });
  };

  it('is compressed harder before anything is dropped', async () => {
    const { tokensAfter } = await build(prompt);
    const built = await intelligent(tokensAfter - 20);
    expect(built.tokensAfter).toBeLessThanOrEqual(tokensAfter - 20);
    expect(built.dropped).toEqual([]);
    expect(built.transforms).toContain('compress_first');
  });

  it('loses messages where harder compression is not enough, or was not asked for', async () => {
    const { tokensAfter } = await build(prompt);
    const far = await intelligent(Math.floor(tokensAfter * 0.5));
    expect(far.dropped).not.toEqual([]);
    expect(far.transforms).not.toContain('compress_first');
    const counter = await loadTokenCounter();
    const plain = await intelligent(counter.countMessages(prompt) - 20, false);
    expect(plain.dropped).not.toEqual([]);
  });
});
