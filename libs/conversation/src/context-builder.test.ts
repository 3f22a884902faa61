import { describe, expect, it } from 'vitest';
import { aCaller } from '../../../test/support/callers.js';
import { aCompressor } from '../../../test/support/compressors.js';
import { anOriginalStore } from '../../../test/support/original-stores.js';
import { ContextWindow } from '#libs/context-window';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, ModelRegistry } from '#libs/tokens';
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

  it('is aligned although that costs a few tokens', async () => {
    const built = await build(messages);
    expect(built.messages[0]?.content).toBe('You are helpful.\n\n[Context: Current Date: 2025-04-06]');
    expect(built.tokensAfter).toBeGreaterThan(built.tokensBefore);
    expect(built.transforms).toEqual(['cache_aligner']);
  });

  it('stays as it is where a message would have to go for it', async () => {
    const counter = await loadTokenCounter();
    const built = await build(messages, counter.countMessages(messages));
    expect(built.messages).toEqual(messages);
    expect(built.transforms).toEqual([]);
    expect(built.compression?.reports.map(({ reason }) => reason)).not.toContain('compressed');
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
