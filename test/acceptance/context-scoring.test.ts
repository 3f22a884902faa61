import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

interface Context {
  readonly messages: readonly unknown[];
  readonly tokens_before: number;
  readonly tokens_after: number;
  readonly strategy: string;
  readonly kept: readonly number[];
  readonly dropped: readonly { readonly index: number; readonly score: number; readonly hash: string }[];
  readonly scores?: readonly Readonly<Record<string, number>>[];
}

const FACTORS = [
  'recency',
  'semantic_similarity',
  'toin_importance',
  'error_indicator',
  'forward_reference',
  'token_density',
];

let server: SpawnedServer;
beforeAll(async () => {
  server = await spawnServer();
});
afterAll(() => server.stop());

async function send(path: string, body: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function contextOf(body: object): Promise<Context> {
  const answer = await send('/v1/context', { messages: talk, model: 'gpt-4o', keep_last_turns: 1, ...body });
  expect(answer.status).toBe(200);
  return answer.body as Context;
}

const filler = (topic: string): string =>
  Array.from({ length: 50 }, (_, i) => `${topic} number ${String((i * 7) % 11)}`).join(', ');
const talk = [
  { role: 'user', content: `About the garden: ${filler('roses')}` },
  { role: 'assistant', content: filler('tulips') },
  { role: 'user', content: `About the boiler: ${filler('valves')}` },
  { role: 'assistant', content: filler('pipes') },
  { role: 'user', content: `About the roof: ${filler('tiles')}` },
  { role: 'assistant', content: filler('gutters') },
  { role: 'user', content: 'Let us go on.' },
];
const BUDGET = 700;

describe('a context of important messages', () => {
  it('says what the importance of every message is made of', async () => {
    const { scores, strategy } = await contextOf({});
    expect(strategy).toBe('intelligent');
    expect(scores?.map((score) => score['index'])).toEqual(talk.map((_, index) => index));
    for (const score of scores!) {
      expect(Object.keys(score)).toEqual(['index', 'total', ...FACTORS]);
      for (const factor of FACTORS) {
        expect(score[factor]).toBeGreaterThanOrEqual(0);
        expect(score[factor]).toBeLessThanOrEqual(1);
      }
    }
  });

  it('keeps what the query asks for, within the budget', async () => {
    const wanted = { roses: 0, valves: 2, tiles: 4 };
    for (const [query, index] of Object.entries(wanted)) {
      const context = await contextOf({ token_budget: BUDGET, query: `what was said of the ${query}?` });
      expect(context.tokens_after).toBeLessThanOrEqual(BUDGET);
      expect(context.kept).toContain(index);
      expect(context.dropped.length).toBeGreaterThan(0);
    }
  });

  it('is decided by the weights that are given, which are made to add up to 1', async () => {
    const byAge = await contextOf({ token_budget: BUDGET, weights: { recency: 5 } });
    expect(byAge.dropped.map(({ index }) => index)).toEqual(byAge.dropped.map((_, index) => index));
    for (const score of byAge.scores!) expect(score['total']).toBeCloseTo(score['recency']!, 9);
    const half = await contextOf({ weights: { recency: 2, token_density: 2 } });
    for (const score of half.scores!) {
      expect(score['total']).toBeCloseTo((score['recency']! + score['token_density']!) / 2, 9);
    }
  });

  it('is cut by age where the weights tell nothing, and says so', async () => {
    const context = await contextOf({ token_budget: BUDGET, weights: { recency: 0 } });
    expect(context).toMatchObject({ strategy: 'rolling_window' });
    expect(context.scores).toBeUndefined();
  });

  it('refuses weights that it does not know, or below 0', async () => {
    for (const weights of [{ luck: 1 }, { recency: -1 }]) {
      expect((await send('/v1/context', { messages: talk, weights })).status).toBe(400);
    }
  });

  it('gives each dropped message back as it was sent', async () => {
    const { dropped } = await contextOf({ token_budget: BUDGET });
    for (const { index, hash } of dropped) {
      const { body } = await send('/v1/retrieve', { hash });
      expect((body as Record<string, unknown>)['original_content']).toBe(JSON.stringify(talk[index]));
    }
  });

  it('is the same for a stored conversation', async () => {
    const made = await send('/v1/conversations', { user_id: 'ann', model: 'gpt-4o' });
    const path = `/v1/conversations/${String((made.body as Record<string, unknown>)['id'])}`;
    expect((await send(`${path}/messages`, { messages: talk })).status).toBe(201);
    const request = {
      token_budget: BUDGET,
      keep_last_turns: 1,
      query: 'roses',
      weights: { semantic_similarity: 1 },
    };
    const stored = await send(`${path}/context`, request);
    expect(stored.body).toEqual(await contextOf(request));
  });
});
