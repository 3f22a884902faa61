import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOOKALIKES } from '../support/adversarial-ids.js';
import { createPostgresDatabase } from '../support/postgres.js';
import { send, type Reply } from '../support/send.js';
import { addressOf } from '../support/services.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const BOOTSTRAP_KEY = 'a-bootstrap-key-of-this-test';
const TENANTS = ['acme', 'Acme', 'acme_'];
/** A few of each group, none of them in two. */
const GROUPS = LOOKALIKES.map(([what, ids], i) => {
  const earlier = new Set(LOOKALIKES.slice(0, i).flatMap(([, others]) => others));
  return [what, ids.filter((id) => !earlier.has(id)).slice(0, 5)] as const;
});
const MODES = ['resolve', 'exact', 'subtree'];

describe.skipIf(addressOf('PostgreSQL') === undefined)(
  'tenants of nearly the same name on one PostgreSQL',
  () => {
    let server: SpawnedServer;
    let drop: () => Promise<void>;
    const keys = new Map<string, string>();
    beforeAll(async () => {
      const database = await createPostgresDatabase();
      drop = database.drop;
      server = await spawnServer({ HEADROOM_API_KEY: BOOTSTRAP_KEY, HEADROOM_STORE_URL: database.url });
      for (const tenant of TENANTS) {
        const headers = { authorization: `Bearer ${BOOTSTRAP_KEY}` };
        const made = await send(`${server.url}/v1/keys`, { json: { name: tenant, tenant }, headers });
        keys.set(tenant, made.body['key'] as string);
      }
    });
    afterAll(async () => {
      await server.stop();
      await drop();
    });

    const as = (tenant: string, path: string, json?: unknown): Promise<Reply> =>
      send(`${server.url}${path}`, {
        headers: { authorization: `Bearer ${keys.get(tenant) ?? ''}` },
        ...(json !== undefined && { json }),
      });
    const contents = (reply: Reply): string[] =>
      (reply.body['data'] as { content?: string; memory?: { content: string } }[]).map(
        ({ content, memory }) => content ?? memory?.content ?? '',
      );

    test.each(GROUPS)('see of users told apart by %s their own alone', async (_, users) => {
      const ids = new Map<string, string>();
      for (const tenant of TENANTS) {
        for (const [i, user_id] of users.entries()) {
          const content = `A quokka of ${tenant.length}${tenant} and user ${i}.`;
          const made = await as(tenant, '/v1/memories', { content, user_id, session_id: user_id });
          expect([made.status, made.body['deduplicated']], made.text).toEqual([201, false]);
          ids.set(made.body['id'] as string, content);
        }
      }
      for (const tenant of TENANTS) {
        for (const [i, user_id] of users.entries()) {
          const own = [`A quokka of ${tenant.length}${tenant} and user ${i}.`];
          const scope = { user_id, session_id: user_id };
          for (const mode of MODES) {
            const query = new URLSearchParams({ ...scope, scope: mode }).toString();
            expect(contents(await as(tenant, `/v1/memories?${query}`))).toEqual(own);
          }
          const search = { ...scope, query: 'quokka', explain: true, include_superseded: true };
          const found = await as(tenant, '/v1/memories/search', search);
          expect(contents(found)).toEqual(own);
          expect([...ids].filter(([id]) => found.text.includes(id)).map(([, content]) => content)).toEqual(
            own,
          );
          const stats = await as(tenant, `/v1/memories/stats?${new URLSearchParams({ user_id }).toString()}`);
          expect(stats.body).toMatchObject({ total: 1, by_scope_level: { session: 1 } });
          // Without the session, or with the next one's, nothing is in sight.
          const next = { user_id, session_id: users[(i + 1) % users.length] ?? '' };
          for (const other of [{ user_id }, next]) {
            expect(contents(await as(tenant, '/v1/memories/search', { ...other, query: 'quokka' }))).toEqual(
              [],
            );
          }
        }
      }
    });
  },
);
