import { beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '#libs/kernel';
import type { LearnedHints, LearnedSnapshot } from '#libs/learning';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import {
  compressMessages,
  ONGOING_CONVERSATION,
  type CompressionOutcome,
  type CompressionSettings,
  type MessageCache,
  type MessageResult,
  type Pins,
} from './index.js';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

const ROWS = Array.from({ length: 120 }, (_, id) => ({
  id: id * 31 + 7,
  title: `entry ${String((id * 7919) % 1000)} of it`,
  place: `quay ${String((id * 31) % 97)}, harbour of the ${id % 2 === 0 ? 'old' : 'new'} town, berth ${String(id)}`,
  cargo: `crates of ${['salt', 'wool', 'iron'][id % 3] ?? ''} for house ${String((id * 13) % 89)} at the market`,
  ...(id % 40 === 21 && { remark: `look again at ${String(id)}` }),
}));
const call: Message = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'list', arguments: '{}' } }],
};
const messages: Message[] = [call, { role: 'tool', tool_call_id: 'call_1', content: JSON.stringify(ROWS) }];

const learned = (hints: LearnedHints, confidence = 0.5, number = 3): LearnedSnapshot => ({
  number,
  bySignature: {},
  byTool: { list: { importance: 1, confidence, errorFields: [], hints } },
});

interface More {
  readonly config?: CompressionSettings;
  readonly pins?: Pins;
  readonly cache?: MessageCache;
}

const compress = (
  snapshot?: LearnedSnapshot,
  { config, pins, cache }: More = {},
): Promise<CompressionOutcome> =>
  compressMessages({ messages, learned: snapshot, config, pins }, counter, { cache });
const given = (outcome: CompressionOutcome) => outcome.messages[1]?.content as string;
const kept = (outcome: CompressionOutcome) => outcome.originals[0]?.compressedItemCount ?? 0;

describe('learned hints', () => {
  it('keep more items, fewer, or all', async () => {
    const usual = await compress();
    const more = await compress(learned({ maxItems: 50 }));
    const fewer = await compress(learned({ maxItems: 10 }));
    expect(kept(more)).toBeGreaterThan(kept(usual));
    expect(kept(fewer)).toBeLessThan(kept(usual));
    const whole = await compress(learned({ keepWhole: true }));
    expect(given(whole)).not.toContain('hash=');
    expect(whole.observations[0]?.outcome).toBe('by_hints');
    expect(whole.tokensAfter).toBeLessThan(whole.tokensBefore);
  });

  it('tell the values of fields that are asked for, of every item that is left out', async () => {
    const usual = await compress();
    const told = await compress(learned({ preserveFields: ['title'] }));
    expect(ROWS.every(({ title }) => given(told).includes(title))).toBe(true);
    expect(ROWS.every(({ title }) => given(usual).includes(title))).toBe(false);
    expect(told.tokensAfter).toBeLessThan(told.tokensBefore * 0.6);
    expect(() => JSON.parse(given(told)) as unknown).not.toThrow();
  });

  it('keep the few items that alone have a field which is asked for', async () => {
    const told = await compress(learned({ preserveFields: ['remark'] }));
    for (const id of [21, 61, 101]) expect(given(told)).toContain(`look again at ${String(id)}`);
  });

  it('leave aside fields whose values would cost too much', async () => {
    const long = ROWS.map((row) => ({
      ...row,
      title: `${row.title} ${'and so on '.repeat(4)}${String(row.id)}`,
    }));
    const [first, result] = messages as [Message, Message];
    const outcome = await compressMessages(
      {
        messages: [first, { ...result, content: JSON.stringify(long) }],
        learned: learned({ preserveFields: ['title'] }),
      },
      counter,
    );
    expect(outcome.tokensAfter).toBeLessThan(outcome.tokensBefore * 0.4);
  });

  it('give way to what the request itself sets', async () => {
    const config = { smartCrusher: { maxItemsAfterCrush: 12 } };
    expect(given(await compress(learned({ maxItems: 50 }), { config }))).toBe(
      given(await compress(undefined, { config })),
    );
  });

  it('count only from the threshold on, and not at all where they are switched off', async () => {
    const usual = given(await compress());
    const hints = { maxItems: 50 };
    expect(given(await compress(learned(hints, 0.2)))).toBe(usual);
    const strict = { feedback: { confidenceThreshold: 0.6 } };
    expect(given(await compress(learned(hints, 0.5), { config: strict }))).toBe(usual);
    expect(given(await compress(learned(hints, 0.9), { config: ONGOING_CONVERSATION }))).toBe(usual);
    const off = await compress(learned(hints), { config: { feedback: { enabled: false } } });
    expect(given(off)).toBe(usual);
    expect(off).toMatchObject({ observations: [], learnedSnapshot: 0 });
  });

  it('change no byte of what a session was given before', async () => {
    const first = await compress(undefined, { pins: {} });
    const again = await compress(learned({ maxItems: 50, preserveFields: ['title'] }), {
      pins: first.newPins ?? {},
    });
    expect(given(again)).toBe(given(first));
    expect(again.observations).toEqual([]);
  });

  it('of one snapshot are not remembered for another', async () => {
    const results = new Map<string, MessageResult>();
    const cache: MessageCache = {
      get: (key) => results.get(key),
      set: (key, result) => results.set(key, result),
    };
    const usual = await compress(undefined, { cache });
    const hinted = await compress(learned({ maxItems: 50 }), { cache });
    expect(given(hinted)).not.toBe(given(usual));
    // The same number of another tenant stands for something else.
    const other = await compress(learned({ maxItems: 10 }), { cache });
    expect(given(other)).not.toBe(given(hinted));
    expect(given(await compress(learned({}, 0.9, 4), { cache }))).toBe(given(usual));
  });

  it('are named by their snapshot', async () => {
    expect((await compress()).learnedSnapshot).toBe(0);
    expect((await compress(learned({}))).learnedSnapshot).toBe(3);
  });
});

describe('what an output teaches', () => {
  it('is its structure, its size and what became of it, and no value', async () => {
    const { observations, originals } = await compress();
    expect(observations).toMatchObject([
      { toolName: 'list', kind: 'json', outcome: 'shortened', itemsBefore: 120, hash: originals[0]?.hash },
    ]);
    expect(originals[0]?.signature).toBe(observations[0]?.signature);
    expect(JSON.stringify(observations)).not.toContain('harbour');
  });

  it('is nothing where a user wrote it', async () => {
    const text = JSON.stringify(ROWS);
    const outcome = await compressMessages(
      { messages: [{ role: 'user', content: text }], config: { compressUserMessages: true } },
      counter,
    );
    expect(outcome.originals).toHaveLength(1);
    expect(outcome.observations).toEqual([]);
  });
});
