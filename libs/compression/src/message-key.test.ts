import { beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { messageKey, missingCharacters } from './message-key.js';
import { openTurn } from './turn.js';

describe('what compressing a request would cost', () => {
  let counter: TokenCounter;
  beforeAll(async () => {
    counter = await loadTokenCounter();
  });
  const nothing = { get: () => undefined, set: () => undefined };
  const costOf = (message: Message): number => missingCharacters({ messages: [message] }, counter, nothing);
  const long = 'x'.repeat(100_000);

  it('is the length of its texts, blocks and calls', () => {
    expect(costOf({ role: 'tool', content: long })).toBe(long.length);
    expect(costOf({ role: 'user', content: [{ type: 'text', text: long }] })).toBeGreaterThan(long.length);
    const call = { id: 'call_1', function: { name: 'write', arguments: long } };
    expect(costOf({ role: 'assistant', content: null, tool_calls: [call] })).toBeGreaterThan(long.length);
  });

  it('is high for what is nested too deep to be written', () => {
    const block = JSON.parse(`{"type":"x","deep":${'['.repeat(20_000)}${']'.repeat(20_000)}}`) as {
      type: string;
    };
    expect(costOf({ role: 'user', content: [block] })).toBeGreaterThan(1e9);
  });

  it('is nothing for what is remembered', () => {
    const result = {
      report: { reason: 'not_smaller', transforms: [], tokensBefore: 1, tokensAfter: 1 } as const,
      originals: [],
    };
    const messages = [{ role: 'tool', content: long }];
    expect(missingCharacters({ messages }, counter, { ...nothing, get: () => result })).toBe(0);
  });
});

describe('what is remembered of a message', () => {
  const messages = [{ role: 'tool', content: 'How many tokens is this, in the end?' }];

  it('is another thing for each way of counting its tokens, though several share an encoding', async () => {
    const keys = new Set<string>();
    const models = [undefined, 'gpt-4o', 'claude-sonnet-4-5-20250929', 'gemini-2.5-pro'];
    for (const model of models) {
      const turn = openTurn({ messages, model }, await loadTokenCounter(model));
      keys.add(messageKey(turn, messages[0]!, 0));
    }
    expect(keys.size).toBe(models.length);
  });
});
