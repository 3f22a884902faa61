import { describe, expect, it } from 'vitest';
import type { Message } from '#libs/kernel';
import { aCaller } from '../../../../test/support/callers.js';
import { atomicUnits } from '../atomic-units.js';
import { ImportanceScorer, type ScoringRequest } from './importance-scorer.js';
import type { MessageScore } from './message-score.js';
import type { ToolExperience } from './toin-importance.js';

const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });
const asked = (id: string, name: string, content: string): Message[] => [
  { role: 'assistant', content: null, tool_calls: [{ id, function: { name, arguments: '{}' } }] },
  { role: 'tool', tool_call_id: id, content },
];

async function scores(
  messages: readonly Message[],
  { end = messages.length, ...request }: Partial<ScoringRequest> & { end?: number } = {},
  scorer = new ImportanceScorer(),
): Promise<readonly MessageScore[]> {
  const whole = { asSent: messages, units: atomicUnits(messages), ...request };
  return (await scorer.read(aCaller(), whole))!.at(end);
}

describe('recency', () => {
  it('decays by the documented rate from the end on', async () => {
    const [first, second, third] = await scores([user('a'), user('b'), user('c')], { end: 2 });
    expect(first?.recency).toBeCloseTo(Math.exp(-0.1), 12);
    expect(second?.recency).toBe(1);
    expect(third).toBeUndefined();
  });
});

describe('similarity', () => {
  const talk = [
    user('My cat Tom likes tuna.'),
    assistant('Noted.'),
    user('The boiler in the cellar makes strange noises.'),
    assistant('Has it been serviced this year?'),
    user('No, the last service was in 2019.'),
    assistant('Then call a plumber.'),
    user('What does my cat eat?'),
  ];

  it('is told from what the user said last', async () => {
    const told = await scores(talk);
    const of = (index: number): number => told[index]!.semanticSimilarity;
    expect(of(0)).toBeGreaterThan(0.2);
    expect(of(2)).toBe(0);
    // An answer seldom repeats its question.
    expect(of(1)).toBeGreaterThan(of(3));
  });

  it('is told from a query where one is given', async () => {
    const told = await scores(talk, { query: 'noises of the boiler' });
    expect(told[2]!.semanticSimilarity).toBeGreaterThan(0.5);
    expect(told[0]!.semanticSimilarity).toBe(0);
  });

  it('does not spread to tool calls and results', async () => {
    const told = await scores([user('the boiler'), ...asked('1', 'look', 'nothing'), user('the boiler?')]);
    expect(told[1]!.semanticSimilarity).toBe(0);
  });

  it('is half that of meaning where there is an embedder, and that of words where it fails', async () => {
    const animal = /cat|tuna|eat/;
    const embed = (texts: readonly string[]): Promise<Float32Array[]> =>
      Promise.resolve(texts.map((text) => new Float32Array(animal.test(text) ? [1, 0] : [0, 1])));
    const failing = { embed: () => Promise.reject(new Error('gone')) };
    const absent = { embed: () => Promise.resolve(undefined) };
    const question = { query: 'What food does the animal eat?' };
    const meant = await scores(talk, question, new ImportanceScorer(undefined, { embed }));
    const words = await scores(talk, question);
    expect(meant[0]!.semanticSimilarity).toBeCloseTo(0.5 + words[0]!.semanticSimilarity / 2, 6);
    for (const embedder of [failing, absent]) {
      expect(await scores(talk, question, new ImportanceScorer(undefined, embedder))).toEqual(words);
    }
  });
});

describe('importance learned of tools', () => {
  const learned = (importance: number, confidence = 0.8, errorFields: readonly string[] = []) => {
    const search = { importance, confidence, errorFields, hints: {} };
    return { snapshot: () => Promise.resolve({ number: 1, bySignature: {}, byTool: { search } }) };
  };
  const messages = [user('go'), ...asked('1', 'search', 'found'), ...asked('2', 'other', 'found')];
  const toldBy = async (experience?: ToolExperience): Promise<readonly number[]> =>
    (await scores(messages, {}, new ImportanceScorer(experience))).map((score) => score.toinImportance);

  it('is neutral for tools that nothing or too little is known of', async () => {
    expect(await toldBy()).toEqual([0.25, 0.5, 0.5, 0.5, 0.5]);
    expect(await toldBy(learned(1, 0.2))).toEqual([0.25, 0.5, 0.5, 0.5, 0.5]);
    expect((await toldBy(learned(0))).slice(3)).toEqual([0.5, 0.5]);
  });

  it('rises with retrievals of the tool, and falls without', async () => {
    const [, often] = await toldBy(learned(0.9));
    const [, never] = await toldBy(learned(0));
    expect(often).toBeGreaterThan(0.7);
    expect(never).toBeLessThan(0.2);
  });

  it('knows an error by a field that tells errors of this tool', async () => {
    const results = [
      ...asked('1', 'search', '{"owner": {"grund": "abgelehnt"}}'),
      ...asked('2', 'search', '{"owner": {"grund": null}}'),
      ...asked('3', 'other', '{"owner": {"grund": "abgelehnt"}}'),
    ];
    const errors = async (experience?: ToolExperience) =>
      (await scores(results, {}, new ImportanceScorer(experience)))
        .filter((_, index) => index % 2 === 1)
        .map((score) => score.errorIndicator);
    expect(await errors()).toEqual([0, 0, 0]);
    expect(await errors(learned(0, 0.8, ['owner.grund']))).toEqual([1, 0, 0]);
  });

  it('is that of the tool that a result answers', async () => {
    const [, call, answer] = await toldBy(learned(0.9));
    expect(answer).toBe(call);
  });
});

describe('forward references', () => {
  it('go to the message that names first what later ones name again', async () => {
    const told = await scores([
      user('hello'),
      ...asked('1', 'find', '{"order": "ORD-7731", "path": "src/pay/refund.ts"}'),
      ...asked('2', 'find', '{"order": "ORD-9999"}'),
      assistant('ORD-7731 is handled in src/pay/refund.ts.'),
      user('And now?'),
    ]);
    const references = told.map(({ forwardReference }) => forwardReference);
    expect(references[2]).toBeGreaterThan(0.3);
    expect(references.filter((_, index) => index !== 2)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('weigh less the more messages have the name, and do not come from within a unit', async () => {
    const everywhere = Array.from({ length: 9 }, (_, i) => user(`user_id ${i}`));
    expect((await scores(everywhere)).map((score) => score.forwardReference)).toEqual(
      everywhere.map(() => 0),
    );
    const [, call] = await scores([user('go'), ...asked('a', 'read_file_x', 'read_file_x')]);
    expect(call!.forwardReference).toBe(0);
  });

  it('do not come from after the end', async () => {
    const messages = [user('see ORD-7731'), user('well'), user('ORD-7731')];
    expect((await scores(messages))[0]!.forwardReference).toBeGreaterThan(0);
    expect((await scores(messages, { end: 2 }))[0]!.forwardReference).toBe(0);
  });
});

describe('density', () => {
  it('is the share of distinct words', async () => {
    const [dense, repetitive, empty] = await scores([
      user('one two three four'),
      user('no no no no'),
      user(''),
    ]);
    expect([dense, repetitive, empty].map((score) => score!.tokenDensity)).toEqual([1, 0.25, 0]);
  });
});

describe('a total', () => {
  it('is the weighted sum of its factors', async () => {
    const weights = { recency: 3, tokenDensity: 1 };
    const [first] = await scores([user('no no'), user('yes')], { weights });
    expect(first!.total).toBeCloseTo(0.75 * first!.recency + 0.25 * 0.5, 12);
  });

  it('cannot be told with weights of 0', async () => {
    const request = { asSent: [user('a')], units: [[0]], weights: { recency: 0 } };
    expect(await new ImportanceScorer().read(aCaller(), request)).toBeUndefined();
  });
});

describe('scores as of an earlier end', () => {
  it('are what they were, whatever has come since', async () => {
    const before = [
      user('My boiler BX-200 is loud.'),
      ...asked('1', 'find', '{"part": "BX-200"}'),
      user('So?'),
    ];
    const since = [
      assistant('BX-200 is old.'),
      user('What about the boiler?'),
      assistant('Loud, the boiler.'),
    ];
    expect(await scores([...before, ...since], { end: before.length })).toEqual(await scores(before));
  });
});
