import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InMemoryMemoryStore } from '#libs/adapters';
import { OriginalStore } from '#libs/ccr';
import { HeadroomError } from '#libs/kernel';
import { MemoryExtractor, MemoryInjector, MemoryStore } from '#libs/memory';
import { anApp, type AnApp } from '../support/an-app.js';
import { completes, ScriptedProvider } from '../support/scripted-provider.js';

const down = (): Promise<never> =>
  Promise.reject(new HeadroomError('storage_error', 'The store is down; start it again.'));

const bigResult = JSON.stringify(
  Array.from({ length: 300 }, (_, i) => ({ id: i, text: `row ${i} of many` })),
);
const BODY = JSON.stringify({
  model: 'gpt-4o',
  messages: [
    { role: 'user', content: 'List them' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'list', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: bigResult },
    { role: 'user', content: 'How many are there?' },
  ],
});

let provider: ScriptedProvider;

beforeAll(async () => {
  provider = await new ScriptedProvider().start();
});
afterAll(() => provider.stop());
beforeEach(() => {
  provider.reset();
});

async function withApp(
  overrides: ReadonlyMap<unknown, unknown>,
  environment: Readonly<Record<string, string>>,
  check: (app: AnApp) => Promise<void>,
): Promise<void> {
  const app = await anApp({ OPENAI_TARGET_API_URL: provider.origin, ...environment }, overrides);
  try {
    await check(app);
  } finally {
    await app.close();
  }
}

const expectUnchanged = async (
  app: AnApp,
  body: string,
  headers: Record<string, string> = {},
): Promise<void> => {
  const reply = await app.send('POST', '/v1/chat/completions', body, headers);
  expect(reply.status).toBe(200);
  expect(reply.headers['x-headroom-compression-failed']).toBe('true');
  expect(reply.body).toMatchObject({ choices: [{ message: { content: 'ok' } }] });
  expect(provider.last.body.toString()).toBe(body);
};

describe('a call of the model, when something of ours fails', () => {
  it('goes through unchanged when originals cannot be stored', async () => {
    const store = {
      put: down,
      find: down,
      recordRetrieval: down,
      stats: down,
      sweep: () => Promise.resolve(0),
    };
    await withApp(new Map([[OriginalStore, store]]), {}, (app) => expectUnchanged(app, BODY));
  });

  it('goes through unchanged when memories cannot be recalled', async () => {
    await withApp(new Map([[MemoryInjector, { inject: down }]]), {}, (app) =>
      expectUnchanged(app, BODY, { 'x-headroom-user-id': 'ada' }),
    );
  });

  it('goes through unchanged when what must stay is beyond the model’s limit', async () => {
    const limits = JSON.stringify({ openai: { context_limits: { tiny: 5000 } } });
    const body = JSON.stringify({
      model: 'tiny',
      messages: [{ role: 'user', content: 'one two three four five six seven '.repeat(800) }],
    });
    await withApp(new Map(), { HEADROOM_MODEL_LIMITS: limits }, (app) => expectUnchanged(app, body));
  });

  it('has its answer, stripped, when memories cannot be stored', async () => {
    provider.answers(completes('Noted. <memory>{"memories":[{"content":"x"}]}</memory>'));
    await withApp(new Map([[MemoryExtractor, { store: down }]]), {}, async (app) => {
      const headers = { 'x-headroom-user-id': 'ada' };
      const reply = await app.send('POST', '/v1/chat/completions', BODY, headers);
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({ choices: [{ message: { content: 'Noted.' } }] });
    });
  });
});

describe('a call of a memory tool, when the store fails', () => {
  class StoreThatCannotList extends InMemoryMemoryStore {
    override list(): Promise<never> {
      return down();
    }
  }

  it('is told to the model, and the turn goes on', async () => {
    provider.answers(
      completes({ calls: [{ id: 'call_2', name: 'memory_list', arguments: '{}' }] }),
      completes('I cannot tell.'),
    );
    const overrides = new Map([[MemoryStore, new StoreThatCannotList()]]);
    await withApp(overrides, { HEADROOM_MEMORY_TOOLS: 'on' }, async (app) => {
      const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
      const reply = await app.send('POST', '/v1/chat/completions', body, { 'x-headroom-user-id': 'ada' });
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({ choices: [{ message: { content: 'I cannot tell.' } }] });
      expect(JSON.parse(provider.last.json().messages.at(-1)?.content as string)).toMatchObject({
        status: 'error',
        error: 'unavailable',
      });
      expect((await app.send('GET', '/stats')).body).toMatchObject({
        memory: { tool_calls: { memory_list: 1 }, tool_errors: 1 },
      });
    });
  });
});

describe('a recalled memory', () => {
  it.each([
    ['user', 1],
    ['system', 0],
  ])('stands where HEADROOM_MEMORY_PLACEMENT=%s says', async (placement, place) => {
    await withApp(new Map(), { HEADROOM_MEMORY_PLACEMENT: placement }, async (app) => {
      await app.send('POST', '/v1/memories', { user_id: 'ada', content: 'Ada keeps bees' });
      const messages = [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Which animals, bees?' },
      ];
      const headers = { 'x-headroom-user-id': 'ada' };
      await app.send('POST', '/v1/chat/completions', { model: 'gpt-4o', messages }, headers);
      const sent = provider.last.json().messages.map(({ content }) => content as string);
      expect(sent.map((content) => content.includes('Ada keeps bees'))).toEqual([place === 0, place === 1]);
    });
  });
});

describe('what a mode does', () => {
  it.each(['audit', 'simulate', 'passthrough'])('sends the body as it came in mode %s', async (mode) => {
    await withApp(new Map(), { HEADROOM_MODE: mode }, async (app) => {
      await app.send('POST', '/v1/chat/completions', BODY, { 'x-headroom-user-id': 'ada' });
      expect(provider.last.body.toString()).toBe(BODY);
      await app.send('POST', '/v1/chat/completions', BODY, { 'x-headroom-mode': 'optimize' });
      expect(provider.last.body.length).toBeLessThan(BODY.length);
    });
  });
});

describe('addresses that no provider has', () => {
  it('are not found here and reach no provider', async () => {
    await withApp(new Map(), {}, async (app) => {
      const reply = await app.send('GET', '/v1/memories/some/where');
      expect(reply.status).toBe(404);
      expect(reply.body).toMatchObject({ status: 404, error: { type: 'not_found' } });
      expect((await app.send('DELETE', '/v1/compress')).status).toBe(404);
      expect(provider.received).toHaveLength(0);
    });
  });
});
