import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOOKALIKES, NOT_IDS } from '../../support/adversarial-ids.js';
import { anApp, type AnApp } from '../../support/an-app.js';
import { ScriptedProvider } from '../../support/scripted-provider.js';
import { aTenant, BOOTSTRAP_KEY } from './a-tenant.js';
import {
  aPlan,
  COMMON_WORD,
  converse,
  givenAway,
  markersIn,
  MODES,
  queryOf,
  sees,
  settle,
  type Plan,
} from './a-world.js';
import { READS_OF_A_SCOPE } from './routes.js';
import { STORES, type OpenedStore } from './stores.js';

const RUNS = { SQLite: 60, PostgreSQL: 12 } as const;

describe.each(STORES)('scopes of nearly the same ids, on $store', ({ store, isMissing, open }) => {
  const runs = RUNS[store];
  describe.skipIf(isMissing)('where two tenants hold the same', () => {
    let app: AnApp;
    let provider: ScriptedProvider;
    let opened: OpenedStore;
    beforeAll(async () => {
      provider = await new ScriptedProvider().start();
      opened = await open();
      app = await anApp({
        HEADROOM_API_KEY: BOOTSTRAP_KEY,
        OPENAI_TARGET_API_URL: provider.origin,
        ...opened.settings,
      });
    });
    afterAll(async () => {
      await app.close();
      await provider.stop();
      await opened.drop();
    });

    /** The same plan in two tenants, of which one reads. */
    const carriedOut = async (plan: Plan) => {
      const [mine, theirs] = await Promise.all([aTenant(app), aTenant(app)]);
      return { mine, theirs, own: await settle(mine, plan), foreign: await settle(theirs, plan) };
    };
    const lastPrompt = (): string => provider.last.body.toString();

    it.each(LOOKALIKES)('keep apart by %s, at every level', async (_, ids) => {
      for (const level of ['user_id', 'session_id', 'agent_id', 'turn_id'] as const) {
        const mine = await aTenant(app);
        const owners = ids.map((id) => ({ scope: { user_id: 'u', [level]: id }, state: 'current' as const }));
        const stored = await settle(mine, { owners, reader: { user_id: 'u' } });
        for (const { scope, marker } of stored) {
          for (const mode of MODES) {
            const listed = await mine.send('GET', `/v1/memories?${queryOf(scope, { scope: mode })}`);
            expect(markersIn(listed)).toEqual([marker]);
          }
          const search = { ...scope, query: COMMON_WORD, explain: true };
          const found = await mine.send('POST', '/v1/memories/search', search);
          expect(givenAway(found.text, stored)).toMatchObject([{ marker }]);
        }
      }
    });

    it('a list and a search see exactly what the rule says, in every mode', async () => {
      await fc.assert(
        fc.asyncProperty(aPlan, async (plan) => {
          const { mine, own } = await carriedOut(plan);
          for (const scope of MODES) {
            const inScope = own.filter((one) => sees(scope, plan.reader, one.scope));
            const current = inScope
              .filter(({ isCurrent }) => isCurrent)
              .map(({ marker }) => marker)
              .sort();
            const listed = await mine.send('GET', `/v1/memories?${queryOf(plan.reader, { scope })}`);
            expect(markersIn(listed)).toEqual(current);
            const found = await mine.send('POST', '/v1/memories/search', {
              ...plan.reader,
              scope,
              query: COMMON_WORD,
              top_k: 100,
            });
            expect(markersIn(found)).toEqual(current);
          }
          const below = own.filter((one) => sees('subtree', plan.reader, one.scope));
          const counted = await mine.send('GET', `/v1/memories/stats?${queryOf(plan.reader)}`);
          expect(counted.body['total']).toBe(below.length);
        }),
        { numRuns: runs },
      );
    });

    it('no route gives anything away of another scope or another tenant', async () => {
      await fc.assert(
        fc.asyncProperty(aPlan, async (plan) => {
          const { mine, theirs, ...memories } = await carriedOut(plan);
          const own = [...memories.own, ...(await converse(mine, plan))];
          const foreign = [...memories.foreign, ...(await converse(theirs, plan))];
          for (const [operation, { seenBy, reads }] of Object.entries(READS_OF_A_SCOPE)) {
            const hidden = own.filter((one) => !seenBy.some((mode) => sees(mode, plan.reader, one.scope)));
            for (const reply of await reads(mine, plan.reader, lastPrompt)) {
              expect(reply.status, `${operation}: ${reply.text}`).toBeLessThan(300);
              expect(givenAway(reply.text, [...hidden, ...foreign]), operation).toEqual([]);
            }
          }
        }),
        { numRuns: Math.ceil(runs / 2) },
      );
    });

    it('erasing a scope takes exactly what lies in it and below', async () => {
      await fc.assert(
        fc.asyncProperty(aPlan, async (plan) => {
          const { mine, own } = await carriedOut(plan);
          const below = own.filter((one) => sees('subtree', plan.reader, one.scope));
          const erased = await mine.send('DELETE', `/v1/memories?${queryOf(plan.reader)}`);
          expect(erased.body).toEqual({ deleted: { memories: below.length } });
          for (const one of own) {
            const read = await mine.send('GET', `/v1/memories/${one.id}`);
            expect(read.status).toBe(below.includes(one) ? 404 : 200);
          }
        }),
        { numRuns: Math.ceil(runs / 4) },
      );
    });

    it.each(NOT_IDS)('%s is refused as an id and named', async (_, id) => {
      const mine = await aTenant(app);
      for (const level of ['user_id', 'session_id', 'agent_id', 'turn_id']) {
        const scope = { user_id: 'u', [level]: id };
        const bodies: readonly (readonly [string, object])[] = [
          ['/v1/memories', { content: 'x' }],
          ['/v1/memories/search', { query: 'x' }],
          ['/v1/memories/inject', { messages: [{ role: 'user', content: 'x' }] }],
          ['/v1/memories/extract', { content: 'x' }],
          ['/v1/conversations', {}],
          ['/v1/context', { messages: [{ role: 'user', content: 'x' }], memories: true }],
        ];
        for (const [path, body] of bodies) {
          const refused = await mine.send('POST', path, { ...body, ...scope });
          expect(refused.status, path).toBe(400);
          expect(refused.body['detail'], path).toContain(level);
        }
        // A query string cannot carry a lone surrogate.
        if (!id.isWellFormed()) continue;
        for (const path of ['/v1/memories', '/v1/memories/stats', '/v1/conversations']) {
          const refused = await mine.send('GET', `${path}?${new URLSearchParams(scope).toString()}`);
          expect(refused.status, path).toBe(400);
          expect(refused.body['detail'], path).toContain(level);
        }
      }
    });
  });
});
