import { beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { compressMessages, type CompressionOutcome, type CompressionSettings, type Pins } from '../index.js';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

const compress = (
  messages: readonly Message[],
  pins?: Pins,
  config?: CompressionSettings,
): Promise<CompressionOutcome> => compressMessages({ messages, pins, config }, counter);

const result = (content: string): Message => ({ role: 'tool', tool_call_id: 'call_1', content });
const LIST = JSON.stringify(
  Array.from({ length: 200 }, (_, id) => ({ id, name: `entry ${String(id * 31)}` })),
);
const TEXT = Array.from(
  { length: 12 },
  (_, i) => `Line ${String(i)} tells of the harbour in year ${String(i * 7)}.`,
).join('\n');

describe('what a session was given before', () => {
  it('it is given again, whatever is decided now', async () => {
    const first = await compress([{ role: 'user', content: 'entry 930?' }, result(LIST)], {});
    const given = first.messages[1]?.content;
    expect(given).not.toBe(LIST);
    expect(Object.values(first.newPins ?? {})).toEqual([given]);
    const again = await compress([{ role: 'user', content: 'entry 62?' }, result(LIST)], first.newPins, {
      smartCrusher: { maxItemsAfterCrush: 100 },
    });
    expect(again.messages[1]?.content).toBe(given);
    expect(again.newPins).toEqual({});
    expect(again.originals.map(({ content }) => content)).toEqual([LIST]);
    expect(again.reports[1]).toMatchObject({ reason: 'compressed' });
  });

  it('stays as it was where it was given as it was', async () => {
    const off: CompressionSettings = { smartCrusher: { enabled: false, minTokensToCrush: 1e9 } };
    const first = await compress([result(LIST)], {}, off);
    expect(Object.values(first.newPins ?? {})).toEqual([null]);
    const messages = [result(LIST)];
    const again = await compress(messages, first.newPins);
    expect(again.messages[0]).toBe(messages[0]);
    expect(again.reports[0]).toMatchObject({ reason: 'pinned' });
  });

  it('tells the first of two equal results from the second', async () => {
    const messages = [result(TEXT), result(TEXT)];
    const first = await compress(messages, {});
    expect(first.messages[1]?.content).toMatch(/^\[Same as/);
    const again = await compress(messages, first.newPins, { repetition: { enabled: false } });
    expect(again.messages).toEqual(first.messages);
  });

  it('counts as an earlier place', async () => {
    const first = await compress([result(TEXT)], {});
    const again = await compress([result(TEXT), result(TEXT)], first.newPins);
    expect(again.messages[1]?.content).toMatch(/^\[Same as/);
    expect(Object.keys(again.newPins ?? {})).toHaveLength(1);
  });

  it('is of another mode no longer of use', async () => {
    const first = await compress([result(LIST)], {});
    const lossless = await compress([result(LIST)], first.newPins, { mode: 'lossless' });
    expect(lossless.messages[0]?.content).not.toContain('hash=');
  });

  it('is not told of without a session', async () => {
    expect(await compress([result(LIST)])).not.toHaveProperty('newPins');
  });
});
