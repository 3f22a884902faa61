import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { markerHashes } from '#libs/ccr';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { aCaller } from '../../../test/support/callers.js';
import { anOriginalStore } from '../../../test/support/original-stores.js';
import { ContextWindow, ImportanceScorer, type FitOutcome, type FitRequest } from './index.js';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

const system: Message = { role: 'system', content: 'You are a careful assistant.' };
const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });
const step = (id: string, content: string): Message[] => [
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id, function: { name: 'read', arguments: `{"part":"${id}"}` } }],
  },
  { role: 'tool', tool_call_id: id, content },
];
const filler = (topic: string, words = 60): string =>
  Array.from({ length: words }, (_, i) => `${topic} ${String((i * 7) % 13)}`).join(' and ');

async function fit(
  messages: readonly Message[],
  budget: number,
  request: Partial<FitRequest> = {},
  importance = new ImportanceScorer(),
): Promise<FitOutcome> {
  const window = new ContextWindow(anOriginalStore().store, importance);
  const whole = { messages, budget, strategy: 'intelligent', keepLastTurns: 1, ...request } as const;
  return window.fit(aCaller(), whole, counter);
}

/** More than two markers can differ by. */
const MARKER_ROOM = 40;

const droppedOf = ({ dropped }: FitOutcome): number[] => dropped.map(({ index }) => index);

describe('a conversation that is too long', () => {
  const messages = [
    system,
    user(`The garden. ${filler('roses')}`),
    assistant(filler('tulips')),
    user(`The boiler. ${filler('valves')}`),
    assistant(filler('pipes')),
    user('What did we say about the valves of the boiler?'),
  ];
  const budget = (): number => counter.countMessages(messages) - 60;

  it('loses what matters least for what the user asks now', async () => {
    const outcome = await fit(messages, budget());
    expect(outcome.strategy).toBe('intelligent');
    expect(droppedOf(outcome)).not.toContain(3);
    expect(outcome.tokens).toBeLessThanOrEqual(budget());
  });

  it('loses something else for another query', async () => {
    const outcome = await fit(messages, budget(), { query: 'roses in the garden' });
    expect(outcome.kept).toContain(1);
    expect(droppedOf(outcome)).toEqual([3]);
  });

  it('says what each message’s importance is made of, and what was decided by it', async () => {
    const { scores, dropped } = await fit(messages, budget());
    expect(scores?.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const { index, score } of dropped) expect(score).toBe(scores?.[index]?.total);
  });

  it('keeps an error that was made long ago rather than idle talk', async () => {
    const long = [
      user('Deploy it.'),
      ...step('1', `Error: quota exceeded\n${filler('region')}`),
      ...Array.from({ length: 8 }, (_, i) => [
        user(filler(`tea ${i}`)),
        assistant(filler(`cake ${i}`)),
      ]).flat(),
      user('Go on.'),
    ];
    const { kept } = await fit(long, Math.ceil(counter.countMessages(long) * 0.5));
    expect(kept).toEqual(expect.arrayContaining([1, 2]));
  });

  it('is cut by age where nothing can be told by importance', async () => {
    const failing = new ImportanceScorer({ snapshot: () => Promise.reject(new Error('gone')) });
    const withTool = [...messages.slice(0, 5), ...step('1', 'done'), ...messages.slice(5)];
    for (const outcome of [
      await fit(messages, budget(), { weights: { recency: 0 } }),
      await fit(withTool, budget(), {}, failing),
    ]) {
      expect(outcome.strategy).toBe('rolling_window');
      expect(outcome.scores).toBeUndefined();
      expect(droppedOf(outcome)[0]).toBe(1);
    }
  });
});

describe('a conversation that fits', () => {
  it('is scored only for those who ask', async () => {
    const messages = [user('hello'), assistant('hi')];
    expect((await fit(messages, 1_000)).scores).toBeUndefined();
    const told = await fit(messages, 1_000, { explain: true });
    expect(told).toMatchObject({ messages, dropped: [], strategy: 'intelligent' });
    expect(told.scores).toHaveLength(2);
  });
});

describe('the marker', () => {
  it('stands where the last dropped message stood', async () => {
    const messages = [
      system,
      user('Keep ORD-7731 in mind.'),
      assistant('ORD-7731, yes.'),
      user(filler('weather', 90)),
      assistant('ORD-7731 is in order.'),
      user('What about ORD-7731?'),
    ];
    const outcome = await fit(messages, counter.countMessages(messages) - 100);
    expect(droppedOf(outcome)).toEqual([3]);
    expect(outcome.messages.map((message) => messages.indexOf(message))).toEqual([0, 1, 2, -1, 4, 5]);
    expect(markerHashes(outcome.messages[3]!.content as string)).toEqual([outcome.droppedHash]);
  });

  it('never comes between a call and its result', async () => {
    const [call, result] = step('1', 'ORD-7731 found') as [Message, Message];
    const messages = [system, call, user(filler('weather', 90)), result, user('And ORD-7731?')];
    const outcome = await fit(messages, counter.countMessages(messages) - 100);
    expect(outcome.messages.map((message) => messages.indexOf(message))).toEqual([0, -1, 1, 3, 4]);
  });
});

describe('an agent at work', () => {
  const history = Array.from({ length: 30 }, (_, i) => [
    user(`Task ${i}: ${filler(`subject${i}`, 20)}`),
    ...step(`h${i}`, filler(`data${i}`, 40)),
    assistant(`Done with ${i}.`),
  ]).flat();
  const work = Array.from({ length: 40 }, (_, i) => step(`w${i}`, filler(`line${i}`, 12))).flat();
  const whole = [system, ...history, user('Now fix subject7.'), ...work];

  it('is shown the same beginning for many steps', async () => {
    const start = 1 + history.length + 1;
    const budget = 8_000;
    const sent: string[][] = [];
    for (let end = start; end <= whole.length; end += 2) {
      const outcome = await fit(whole.slice(0, end), budget);
      expect(outcome.tokens).toBeLessThanOrEqual(budget);
      sent.push(outcome.messages.map((message) => JSON.stringify(message)));
    }
    const extended = sent.slice(1).filter((now, i) => sent[i]!.every((text, at) => now[at] === text));
    expect(extended.length / (sent.length - 1)).toBeGreaterThan(0.6);
  });
});

describe('what nobody has answered yet', () => {
  it('goes after everything else, however little room there is', async () => {
    const work = Array.from({ length: 8 }, (_, i) => step(`w${i}`, filler(`ORD-${i}00`, 30))).flat();
    const messages = [system, user('Look at all orders.'), ...work, ...step('last', filler('idle', 60))];
    const last = messages.length - 1;
    for (const share of [0.3, 0.5, 0.7, 0.9]) {
      const budget = Math.ceil(counter.countMessages(messages) * share);
      const { kept, tokens } = await fit(messages, budget, { keepLastTurns: 0 });
      expect(kept).toEqual(expect.arrayContaining([last - 1, last]));
      expect(tokens).toBeLessThanOrEqual(budget);
    }
  });
});

describe('a question about what was left out', () => {
  const talk = Array.from({ length: 30 }, (_, i) => [
    user(i === 2 ? `The boiler in the cellar is a Vaillant. ${filler('heat', 10)}` : filler(`tea ${i}`, 20)),
    assistant(filler(`cake ${i}`, 20)),
  ]).flat();

  it('brings it back, and what does not ask for it leaves it out', async () => {
    const keptFor = async (question: string): Promise<boolean> =>
      (await fit([...talk, user(question)], 1_200)).kept.includes(4);
    expect(await keptFor('What else?')).toBe(false);
    expect(await keptFor('Which boiler stands in the cellar?')).toBe(true);
  });
});

describe('any conversation', () => {
  const text = fc.lorem({ maxCount: 40 });
  const message = fc.oneof(text.map(user), text.map(assistant));
  const conversation = fc.array(message, { minLength: 2, maxLength: 40 });
  const budgetFor = (messages: readonly Message[], share: number): number =>
    Math.ceil(counter.countMessages(messages) * share) + 60;

  it('gives the same context every time, with scores between 0 and 1', async () => {
    await fc.assert(
      fc.asyncProperty(
        conversation,
        fc.double({ min: 0.3, max: 1, noNaN: true }),
        async (messages, share) => {
          const attempt = () => fit(messages, budgetFor(messages, share)).catch(() => undefined);
          const [outcome, again] = [await attempt(), await attempt()];
          expect(again).toEqual(outcome);
          for (const { index: _, ...values } of outcome?.scores ?? []) {
            for (const value of Object.values(values)) {
              expect(value).toBeGreaterThanOrEqual(0);
              expect(value).toBeLessThanOrEqual(1);
            }
          }
        },
      ),
    );
  });

  it('begins as the one before for as long as the budget is not passed', async () => {
    const words = fc.lorem({ maxCount: 40 });
    const turns = fc.array(fc.tuple(words, words), { minLength: 20, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(turns, async (said) => {
        const messages = said.flatMap(([asked, answered]) => [user(asked), assistant(answered)]);
        const budget = 500;
        let last: FitOutcome | undefined;
        for (let end = 1; end < messages.length; end += 2) {
          const now = await fit(messages.slice(0, end), budget, { query: 'tea' });
          expect(now.tokens).toBeLessThanOrEqual(budget);
          const grown = counter.countMessages(messages.slice(end - 2, end)) + MARKER_ROOM;
          if (last !== undefined && last.dropped.length > 0 && last.tokens + grown <= budget)
            expect(now.messages.slice(0, last.messages.length)).toEqual(last.messages);
          last = now;
        }
      }),
      { numRuns: 20 },
    );
  });
});
