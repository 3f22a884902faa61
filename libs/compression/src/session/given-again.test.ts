import { beforeAll, describe, expect, it } from 'vitest';
import { hashOriginal } from '#libs/ccr';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { compressMessages, type CompressionOutcome, type CompressionRequest } from '../index.js';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

const compress = (messages: readonly Message[], more: Partial<CompressionRequest> = {}) =>
  compressMessages({ messages, ...more }, counter);

const givenOf = ({ messages, changed }: CompressionOutcome): NonNullable<CompressionRequest['given']> =>
  Object.fromEntries(messages.map((message, i) => [i, changed[i] ? message : null]));

const result = (content: string, id = 'call_1'): Message => ({ role: 'tool', tool_call_id: id, content });
const LIST = JSON.stringify(
  Array.from({ length: 200 }, (_, id) => ({ id, name: `entry ${String(id * 31)}` })),
);
const STORY = Array.from(
  { length: 12 },
  (_, i) => `Line ${String(i)} tells of the harbour in year ${String(i * 7)}.`,
).join('\n');

describe('a message that was given before', () => {
  const talk: readonly Message[] = [
    { role: 'system', content: 'You are helpful. Current Date: 2025-04-06' },
    { role: 'user', content: 'entry 930?' },
    result(LIST),
  ];

  it('is given again whatever is decided now, and its original is kept on', async () => {
    const first = await compress(talk);
    const again = await compress([...talk, { role: 'user', content: 'And entry 62?' }], {
      given: givenOf(first),
      config: { smartCrusher: { maxItemsAfterCrush: 100 }, cacheAligner: { enabled: false } },
    });
    expect(again.messages.slice(0, talk.length)).toEqual(first.messages);
    expect(again.originals.map(({ hash }) => hash)).toContain(hashOriginal(LIST));
    expect(again.tokensAfter).toBe(counter.countMessages(again.messages));
  });

  it('stays as it was where it was given as it was, and gets nothing added', async () => {
    const first = await compress(talk, {
      config: { smartCrusher: { enabled: false, minTokensToCrush: 1e9 } },
    });
    const asked: Message = { role: 'user', content: 'What is the name of id 150?' };
    const second = await compress([...talk, asked]);
    const again = await compress([...talk, asked], { given: { ...givenOf(first), 3: null } });
    expect(second.messages[2]).not.toEqual(talk[2]);
    expect(again.messages[2]).toBe(talk[2]);
    expect(again.messages[3]).toBe(asked);
    expect(again.reports[2]).toMatchObject({ reason: 'pinned' });
  });

  it('is what later messages refer to', async () => {
    const first = await compress([result(STORY)]);
    const again = await compress([result(STORY), result(STORY, 'call_2')], { given: givenOf(first) });
    expect(again.messages[1]?.content).toMatch(/^\[Same as/);
    const referring = await compress([result(STORY), result(STORY, 'call_2')], {
      given: givenOf(again),
      config: { repetition: { enabled: false } },
    });
    expect(referring.messages).toEqual(again.messages);
  });
});
