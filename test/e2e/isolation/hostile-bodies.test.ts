import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anApp, type AnApp } from '../../support/an-app.js';
import type { Method } from './a-tenant.js';
import { STORES, type OpenedStore } from './stores.js';

const HOSTILE = ['a\u0000b', '\ud800', '', '__proto__', 'x'.repeat(5000)];

const scope = { user_id: 'u', session_id: 's', agent_id: 'a', turn_id: 't' };
const source = { conversation_id: 'c', message_index: 1, agent: 'a' };
const memory = { content: 'quagga', subject: 's', entities: ['e'], metadata: { k: 'v' }, source, ...scope };
const messages = [{ role: 'user', content: 'Tell me of the quagga', name: 'n' }];
const call = {
  id: 'i',
  type: 'function',
  function: { name: 'headroom_retrieve', arguments: '{"hash":"h"}' },
};
const block = '<memory>{"memories":[{"content":"likes a quagga","subject":"s","entities":["e"]}]}</memory>';

/** Routes with a body, each with every text that it takes. */
const BODIES: readonly (readonly [Method, string, object])[] = [
  ['POST', '/v1/memories', memory],
  ['POST', '/v1/memories/batch', { memories: [memory] }],
  [
    'POST',
    '/v1/memories/search',
    { ...scope, query: 'quagga', filter: { subject: 's', 'metadata.k': { in: ['v'] } } },
  ],
  ['POST', '/v1/memories/inject', { ...scope, messages, model: 'gpt-4o' }],
  ['POST', '/v1/memories/extract', { ...scope, source, content: block }],
  ['POST', '/v1/memories/{memory}/supersede', { content: 'newer', metadata: { k: 'v' }, reason: 'r' }],
  ['PATCH', '/v1/memories/{memory}', { entities: ['e'], metadata: { k: 'v' } }],
  ['POST', '/v1/conversations', { ...scope, model: 'm', metadata: { k: 'v' } }],
  ['POST', '/v1/conversations/{conversation}/messages', { messages }],
  ['POST', '/v1/conversations/{conversation}/context', { model: 'm', query: 'q' }],
  ['POST', '/v1/context', { ...scope, messages, model: 'm', query: 'q', memories: true }],
  [
    'PUT',
    '/v1/shared-contexts/c/entries/k',
    { content: 'x', agent: 'a', user_id: 'u', metadata: { k: 'v' } },
  ],
  ['PUT', '/v1/shared-contexts/c/config', { model: 'm' }],
  ['POST', '/v1/compress', { messages, model: 'm', config: { target_ratio: 0.5 } }],
  ['POST', '/v1/retrieve', { hash: 'h', query: 'q' }],
  ['POST', '/v1/retrieve/tool_call', { tool_call: call, provider: 'openai' }],
];

describe.each(STORES)('what a client writes into a body, on $store', ({ isMissing, open }) => {
  describe.skipIf(isMissing)('whatever it is', () => {
    let app: AnApp;
    let opened: OpenedStore;
    beforeAll(async () => {
      opened = await open();
      app = await anApp(opened.settings);
    });
    afterAll(async () => {
      await app.close();
      await opened.drop();
    });

    it.each(BODIES)('never makes %s %s fail', async (method, path, body) => {
      const failed: string[] = [];
      for (const hostile of HOSTILE) {
        for (const [at, changed] of withEachText(body, hostile)) {
          const made = await app.send('POST', '/v1/memories', {
            content: `quagga ${at} ${hostile.length}`,
            user_id: 'u',
          });
          const begun = await app.send('POST', '/v1/conversations', { user_id: 'u' });
          const url = path
            .replace('{memory}', String(made.body['id']))
            .replace('{conversation}', String(begun.body['id']));
          const reply = await app.send(method, url, changed);
          if (reply.status >= 500)
            failed.push(`${reply.status} ${at} = ${JSON.stringify(hostile.slice(0, 9))}`);
        }
      }
      expect(failed).toEqual([]);
    });
  });
});

/** The body once for each of its texts and keys, with that one replaced. */
function withEachText(value: unknown, hostile: string, path = ''): [at: string, changed: unknown][] {
  if (typeof value === 'string') return [[path, hostile]];
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, i) =>
      withEachText(item, hostile, `${path}[${i}]`).map(([at, changed]): [string, unknown] => [
        at,
        value.with(i, changed),
      ]),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...withEachText(member, hostile, `${path}.${key}`).map(([at, changed]): [string, unknown] => [
      at,
      { ...value, [key]: changed },
    ]),
    [`${path}.${key}, its name`, { ...value, [hostile]: member as unknown }] as [string, unknown],
  ]);
}
