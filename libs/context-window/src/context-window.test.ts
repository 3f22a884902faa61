import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { droppedMessagesMarker, hashOriginal, markerHashes } from '#libs/ccr';
import { HeadroomError, type Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { aCaller } from '../../../test/support/callers.js';
import { anOriginalStore } from '../../../test/support/original-stores.js';
import { atomicUnits } from './atomic-units.js';
import { ContextWindow, type FitOutcome, type FitRequest } from './index.js';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

const system: Message = { role: 'system', content: 'You are a careful assistant.' };
const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });
const calls = (...ids: string[]): Message => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'look', arguments: '{}' } })),
});
const result = (id: string, content: string): Message => ({ role: 'tool', tool_call_id: id, content });

const LONG = 'something was said here that takes some room in the window '.repeat(12);
const chat = (turns: number): Message[] => [
  system,
  ...Array.from({ length: turns }, (_, i) => [
    user(`question ${i}: ${LONG}`),
    assistant(`answer ${i}: ${LONG}`),
  ]).flat(),
];

const CONVERSATIONS = join('..', 'shared', 'data', 'conversations');

/** Some of each kind; ids repeat in most of them. */
function* realConversations(): Generator<Message[]> {
  for (const file of ['tau-bench-airline', 'swe-agent', 'toolbench', 'pi-session']) {
    const lines = readFileSync(join(CONVERSATIONS, `${file}.jsonl`), 'utf8')
      .trim()
      .split('\n');
    for (const line of lines.slice(0, 5)) yield (JSON.parse(line) as { messages: Message[] }).messages;
  }
}

/** In these conversations results follow their call at once: the same must hold of what was kept. */
function expectPairsIntact(kept: readonly Message[], all: readonly Message[]): void {
  kept.forEach((message, i) => {
    const original = all.indexOf(message);
    if (message.role === 'tool') expect(kept[i - 1]).toBe(all[original - 1]);
    if (all[original + 1]?.role === 'tool' && original >= 0) expect(kept[i + 1]).toBe(all[original + 1]);
  });
}

async function fit(messages: readonly Message[], budget: number, overrides: Partial<FitRequest> = {}) {
  const { store } = anOriginalStore();
  const window = new ContextWindow(store);
  const request = { messages, budget, strategy: 'rolling_window', keepLastTurns: 1, ...overrides } as const;
  return { store, outcome: await window.fit(aCaller(), request, counter) };
}

const contentOf = async (
  store: ReturnType<typeof anOriginalStore>['store'],
  hash: string,
): Promise<string | null> => {
  const lookup = await store.find(aCaller(), hash);
  return lookup.status === 'found' ? lookup.original.content : null;
};

describe('a conversation that fits', () => {
  it('is left as it is', async () => {
    const messages = chat(3);
    const { outcome, store } = await fit(messages, 100_000);
    expect(outcome).toEqual({
      messages,
      tokens: counter.countMessages(messages),
      kept: messages.map((_, i) => i),
      dropped: [],
      strategy: 'rolling_window',
    });
    expect((await store.stats(aCaller())).entryCount).toBe(0);
  });

  it('fits exactly at its own size, and no longer one token below', async () => {
    const messages = chat(3);
    const size = counter.countMessages(messages);
    expect((await fit(messages, size)).outcome.dropped).toEqual([]);
    expect((await fit(messages, size - 1)).outcome.dropped).not.toEqual([]);
  });
});

describe('a conversation that is too long', () => {
  it('loses its oldest messages, and says so right after the leading system messages', async () => {
    const messages = chat(10);
    const { outcome } = await fit(messages, 600);
    expect(outcome.kept[0]).toBe(0);
    expect(outcome.kept.slice(1)).toEqual(
      outcome.messages.slice(2).map((message) => messages.indexOf(message)),
    );
    expect(outcome.dropped.map(({ index }) => index)).toEqual(outcome.dropped.map((_, i) => i + 1));
    const hash = outcome.droppedHash!;
    expect(outcome.messages[1]).toEqual({
      role: 'user',
      content: droppedMessagesMarker(outcome.dropped.length, hash),
    });
    expect(markerHashes(outcome.messages[1]!.content as string)).toEqual([hash]);
  });

  it('loses results that are out of date before anything else, with their calls', async () => {
    const messages = [
      ...chat(3),
      calls('x'),
      result('x', LONG),
      calls('y'),
      result('y', LONG),
      ...chat(2).slice(1),
    ];
    const firstToGo = (): ReadonlySet<number> => new Set([10]);
    const size = counter.countMessages(messages);
    const dropped = async (budget: number): Promise<number[]> =>
      (await fit(messages, budget, { firstToGo })).outcome.dropped.map(({ index }) => index);
    expect(await dropped(size - 1)).toEqual([9, 10]);
    expect(await dropped(size - 200)).toEqual([1, 9, 10]);
  });

  it('keeps system messages wherever they stand, and the last turns', async () => {
    const late: Message = { role: 'developer', content: 'Answer in French from here on.' };
    const messages = [...chat(6), late, user('one'), assistant('two'), user('three')];
    const { outcome } = await fit(messages, 400, { keepLastTurns: 2 });
    expect(outcome.kept).toEqual(expect.arrayContaining([0, 13, 14, 15, 16]));
  });

  it('stores each dropped message as it was sent, and the array of all', async () => {
    const messages = chat(10);
    const asSent = messages.map((message, i) =>
      i === 1 ? user('the uncompressed original \ud800') : message,
    );
    const { outcome, store } = await fit(messages, 600, { asSent });
    for (const { index, hash } of outcome.dropped) {
      expect(await contentOf(store, hash)).toBe(JSON.stringify(asSent[index]));
    }
    const all = outcome.dropped.map(({ index }) => asSent[index]);
    expect(await contentOf(store, outcome.droppedHash!)).toBe(JSON.stringify(all));
    expect(hashOriginal(JSON.stringify(all))).toBe(outcome.droppedHash);
  });

  it('gives up its frozen beginning last', async () => {
    const messages = chat(10);
    const some = await fit(messages, 1_000, { frozenMessageCount: 5 });
    expect(some.outcome.kept).toEqual(expect.arrayContaining([0, 1, 2, 3, 4]));
    const more = await fit(messages, 400, { frozenMessageCount: 19 });
    expect(more.outcome.kept).not.toContain(1);
  });

  it('is refused when its protected part alone is too big, saying by how much', async () => {
    const failure = await fit(chat(3), 100).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HeadroomError);
    const { code, details } = failure as HeadroomError;
    expect(code).toBe('context_over_budget');
    expect(details['budget']).toBe(100);
    expect(details['protected_tokens']).toBeGreaterThan(100);
  });

  it('is cut in good time when it has 10,000 messages', async () => {
    const messages = Array.from({ length: 10_000 }, (_, i) =>
      i % 2 === 0 ? user(`q${i}`) : assistant(`a${i}`),
    );
    const { outcome } = await fit(messages, 5_000);
    expect(outcome.tokens).toBeLessThanOrEqual(5_000);
    expect(outcome.tokens).toBeGreaterThan(4_900);
  });
});

describe('tool calls and their results', () => {
  const turn = (id: string, i: number): Message[] => [
    user(`q${i} ${LONG}`),
    calls(id),
    result(id, `r${i} ${LONG}`),
    assistant('ok'),
  ];

  it('go together though ids repeat', async () => {
    const messages = [system, ...Array.from({ length: 8 }, (_, i) => turn('call_0', i)).flat()];
    for (let budget = 400; budget < 1_800; budget += 37) {
      const { kept } = (await fit(messages, budget)).outcome;
      for (let i = 2; i < messages.length; i += 4) expect(kept.includes(i)).toBe(kept.includes(i + 1));
    }
  });

  it('go together when answered out of order, or by several messages', async () => {
    const messages = [
      user(LONG),
      calls('a', 'b'),
      result('b', LONG),
      user('meanwhile'),
      result('a', LONG),
      user('last'),
    ];
    const { outcome } = await fit(messages, 200);
    expect(outcome.kept).toEqual([3, 5]);
  });

  it('go together after a call of the same id that was never answered', async () => {
    const messages = [
      user(LONG),
      calls('call_0'),
      user(LONG),
      calls('call_0'),
      result('call_0', 'done'),
      user('last'),
    ];
    const { outcome } = await fit(messages, 150);
    expect(outcome.kept).toEqual([3, 4, 5]);
  });

  it.skipIf(!existsSync(CONVERSATIONS))(
    `go together in real conversations (skipped without ${CONVERSATIONS})`,
    async () => {
      for (const messages of realConversations()) {
        const size = counter.countMessages(messages);
        for (const share of [0.3, 0.6, 0.9]) {
          const outcome = await fit(messages, Math.ceil(size * share)).then(
            (fitted) => fitted.outcome,
            (error: unknown) => {
              expect((error as HeadroomError).code).toBe('context_over_budget');
              return null;
            },
          );
          if (outcome !== null) expectPairsIntact(outcome.messages, messages);
        }
      }
    },
  );

  it('go together in blocks, and a result begins no turn', async () => {
    const use = { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look', input: {} }] };
    const answer = {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 't1', content: 'found it' }],
    };
    const messages: Message[] = [user(LONG), assistant(LONG), user('look it up'), use, answer];
    const { outcome } = await fit(messages, 150, { keepLastTurns: 1 });
    expect(outcome.kept).toEqual([2, 3, 4]);
  });

  it('are protected together when one of them is', async () => {
    const messages = [user(LONG), calls('x'), user('go on'), result('x', 'done')];
    const { outcome } = await fit(messages, 150);
    expect(outcome.kept).toEqual([1, 2, 3]);
  });
});

describe('any conversation', () => {
  const id = fc.constantFrom('call_0', 'call_1', 'x');
  const text = fc.lorem({ maxCount: 30 });
  const message: fc.Arbitrary<Message> = fc.oneof(
    text.map(user),
    text.map(assistant),
    fc.tuple(id, text).map(([toolId, content]) => result(toolId, content)),
    fc.array(id, { minLength: 1, maxLength: 3 }).map((ids) => calls(...ids)),
    text.map((content): Message => ({ role: 'system', content })),
    fc.record({ role: fc.string(), content: fc.oneof(fc.constant(null), fc.string({ unit: 'binary' })) }),
  );
  const conversation = fc.array(message, { minLength: 1, maxLength: 30 });
  const strategy = fc.constantFrom('intelligent', 'rolling_window');
  const attempt = async (messages: Message[], budget: number, request: Partial<FitRequest> = {}) => {
    try {
      return await fit(messages, budget, request);
    } catch (error) {
      expect((error as HeadroomError).code).toBe('context_over_budget');
      return null;
    }
  };

  it('ends within the budget, every index named once, everything dropped retrievable', async () => {
    await fc.assert(
      fc.asyncProperty(
        conversation,
        fc.nat(800),
        fc.nat(3),
        strategy,
        async (messages, budget, keepLastTurns, by) => {
          const fitted = await attempt(messages, budget, { keepLastTurns, strategy: by });
          if (fitted === null) return;
          const { outcome, store } = fitted;
          expect(outcome.tokens).toBeLessThanOrEqual(budget);
          expect(counter.countMessages(outcome.messages)).toBe(outcome.tokens);
          const indices = [...outcome.kept, ...outcome.dropped.map(({ index }) => index)].sort(
            (a, b) => a - b,
          );
          expect(indices).toEqual(messages.map((_, i) => i));
          for (const unit of atomicUnits(messages)) {
            expect(new Set(unit.map((index) => outcome.kept.includes(index))).size).toBe(1);
          }
          for (const { index, hash } of outcome.dropped) {
            expect(await contentOf(store, hash)).toBe(JSON.stringify(messages[index]));
          }
          for (const index of outcome.kept) expect(outcome.messages).toContain(messages[index]);
        },
      ),
    );
  });

  it('keeps all that it kept when the budget of a rolling window grows', async () => {
    const keptBy = (fitted: { outcome: FitOutcome } | null): readonly number[] => fitted?.outcome.kept ?? [];
    await fc.assert(
      fc.asyncProperty(conversation, fc.nat(600), fc.nat(200), async (messages, budget, more) => {
        const less = keptBy(await attempt(messages, budget));
        expect(keptBy(await attempt(messages, budget + more))).toEqual(expect.arrayContaining([...less]));
      }),
    );
  });
});
