import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresDatabase } from '../support/postgres.js';
import { problemOf, send, type Reply } from '../support/send.js';
import { addressOf } from '../support/services.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const redisUrl = addressOf('Redis');
const hasPostgres = addressOf('PostgreSQL') !== undefined;

type Servers = readonly [SpawnedServer, SpawnedServer];

/** Two servers on one empty database; without Redis they wake each other through PostgreSQL. */
async function twoServers(
  redis: string | undefined,
): Promise<{ servers: Servers; stop: () => Promise<void> }> {
  const { url, drop } = await createPostgresDatabase();
  const settings = {
    HEADROOM_STORE_URL: url,
    HEADROOM_LOG_LEVEL: 'warn',
    ...(redis !== undefined && { HEADROOM_REDIS_URL: redis }),
  };
  const servers = await Promise.all([spawnServer(settings), spawnServer(settings)]);
  return {
    servers,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await drop();
    },
  };
}

describe.each([
  ['PostgreSQL alone', undefined, !hasPostgres],
  ['PostgreSQL and Redis', redisUrl, !hasPostgres || redisUrl === undefined],
])('agents on two servers, on %s', (_name, redis, isMissing) => {
  describe.skipIf(isMissing)('that hand over', () => {
    let cluster: Awaited<ReturnType<typeof twoServers>>;
    beforeAll(async () => {
      cluster = await twoServers(redis);
    });
    afterAll(() => cluster.stop());

    const ask = (which: 0 | 1, path: string, init: Parameters<typeof send>[1] = {}): Promise<Reply> =>
      send(`${cluster.servers[which].url}/v1/shared-contexts/${path}`, init);
    const put = (context: string, key: string, content: unknown): Promise<Reply> =>
      ask(0, `${context}/entries/${key}`, { method: 'PUT', json: { content } });
    const give = (context: string, keys: readonly string[], which: 0 | 1 = 0): Promise<Reply> =>
      ask(which, `${context}/handoffs`, { json: { from: 'researcher', to: 'writer', keys } });
    const accept = (which: 0 | 1, context: string, id: unknown): Promise<Reply> =>
      ask(which, `${context}/handoffs/${String(id)}/accept`, { method: 'POST' });

    test('let exactly one accept, however many try through both', async () => {
      await put('race', 'plan', 'the plan');
      for (let round = 0; round < 5; round++) {
        const made = await give('race', ['plan'], round % 2 === 0 ? 0 : 1);
        const replies = await Promise.all(
          Array.from({ length: 20 }, (_, i) => accept(i % 2 === 0 ? 0 : 1, 'race', made.body['id'])),
        );
        const won = replies.filter(({ status }) => status === 200);
        expect(won).toHaveLength(1);
        expect(won[0]?.body).toMatchObject({
          status: 'accepted',
          entries: [{ key: 'plan', content: 'the plan' }],
        });
        const lost = replies.filter(({ status }) => status === 409);
        expect(lost).toHaveLength(19);
        for (const reply of lost) expect(problemOf(reply).error.type).toBe('conflict');
      }
    });

    test('wake whoever waits on the other server, at once', async () => {
      await put('wake', 'plan', 'the plan');
      const waits: number[] = [];
      for (let round = 0; round < 3; round++) {
        const to = `writer ${round}`;
        const waiting = ask(1, `wake/handoffs?to=${encodeURIComponent(to)}&status=pending&wait_seconds=30`);
        await new Promise((resolve) => setTimeout(resolve, 300));
        const startedAt = performance.now();
        const made = await ask(0, 'wake/handoffs', { json: { from: 'researcher', to, keys: ['plan'] } });
        expect((await waiting).body['data']).toMatchObject([{ id: made.body['id'], to }]);
        waits.push(performance.now() - startedAt);
      }
      // Far below the time after which it would have looked by itself.
      expect(Math.min(...waits)).toBeLessThan(1_000);
    });

    test('pin what was there, whatever becomes of it on the other server', async () => {
      const content = JSON.stringify(
        Array.from({ length: 300 }, (_, id) => ({ id, host: `web-${id}`, up: true })),
      );
      await put('pinned', 'report', content);
      const made = await give('pinned', ['report'], 1);
      await put('pinned', 'report', 'overwritten');
      await ask(1, 'pinned/entries/report', { method: 'DELETE' });
      const accepted = await accept(1, 'pinned', made.body['id']);
      const [entry] = accepted.body['entries'] as { version: number; content: string; hash: string }[];
      expect(entry?.version).toBe(1);
      expect(entry?.content.length).toBeLessThan(content.length / 2);
      const original = await send(`${cluster.servers[0].url}/v1/retrieve`, { json: { hash: entry?.hash } });
      expect(original.body['original_content']).toBe(content);
    });

    test('never show a half of what happens at once: each handoff holds versions of one instant', async () => {
      for (let round = 0; round < 5; round++) {
        const context = `instant-${round}`;
        await put(context, 'a', 0);
        await put(context, 'b', 0);
        const writing = (async () => {
          for (let i = 1; i <= 10; i++) {
            await put(context, 'a', i);
            await put(context, 'b', i);
          }
        })();
        const handoffs: Reply[] = [];
        for (let i = 0; i < 6; i++) handoffs.push(await give(context, ['b', 'a'], 1));
        await writing;
        for (const { body } of handoffs) {
          const [b = 0, a = 0] = (body['entries'] as { version: number }[]).map(({ version }) => version);
          // `a` is always written first, and `b` follows it.
          expect(a - b === 0 || a - b === 1, `a ${a}, b ${b}`).toBe(true);
        }
      }
    });

    test('are served on when one that waits goes away', async () => {
      const hangUp = new AbortController();
      const waiting = ask(0, 'gone/handoffs?wait_seconds=60', { signal: hangUp.signal });
      await new Promise((resolve) => setTimeout(resolve, 200));
      hangUp.abort();
      await expect(waiting).rejects.toThrow();
      expect((await ask(0, 'gone/handoffs')).status).toBe(200);
    });
  });
});
