import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EventReader, saying } from '../support/event-reader.js';
import { createPostgresDatabase } from '../support/postgres.js';
import { problemOf, send, type Reply } from '../support/send.js';
import { addressOf } from '../support/services.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const BOOTSTRAP_KEY = 'a-bootstrap-key-of-this-test';
const ADMIN = { authorization: `Bearer ${BOOTSTRAP_KEY}` };
const redisUrl = addressOf('Redis');

let contexts = 0;
/** A context that no other test uses. */
const aContext = (): string => `release ${++contexts}`;
const pathOf = (context: string): string => `/v1/shared-contexts/${encodeURIComponent(context)}`;

const readers: EventReader[] = [];
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
});

/** Someone who follows a context from now on. */
async function follow(
  server: Pick<SpawnedServer, 'url'>,
  context: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventReader> {
  const reader = new EventReader(`${server.url}${pathOf(context)}/events`, headers);
  readers.push(reader);
  const response = await reader.open();
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  return reader;
}

function put(
  server: Pick<SpawnedServer, 'url'>,
  context: string,
  key: string,
  more: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const json = { content: `of ${key}`, ...more };
  return send(`${server.url}${pathOf(context)}/entries/${key}`, { method: 'PUT', json, headers });
}

describe('whoever follows a shared context', () => {
  let server: SpawnedServer;
  beforeAll(async () => {
    server = await spawnServer();
  });
  afterAll(() => server.stop());

  test('hears of what happens from then on: of puts, deletes, clearings and evictions, in order', async () => {
    const context = aContext();
    await put(server, context, 'before');
    const reader = await follow(server, context);
    await put(server, context, 'plan', { agent: 'planner' });
    await put(server, context, 'plan');
    await send(`${server.url}${pathOf(context)}/entries/before`, { method: 'DELETE' });
    await send(`${server.url}${pathOf(context)}/config`, { method: 'PUT', json: { max_entries: 1 } });
    await put(server, context, 'code', { agent: 'coder' });
    await send(`${server.url}${pathOf(context)}/entries`, { method: 'DELETE' });
    const events = await reader.take(6);
    expect(saying(events)).toEqual([
      'entry.put plan 1',
      'entry.put plan 2',
      'entry.deleted before 1',
      'entry.put code 1',
      'entry.evicted plan 2',
      'entry.deleted code 1',
    ]);
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
    expect(events[0]?.data).toEqual({ context, key: 'plan', version: 1, agent: 'planner', at });
    expect(events[1]?.data).toEqual({ context, key: 'plan', version: 2, at });
    expect(new Set(events.map(({ id }) => id)).size).toBe(6);
  });

  test('hears of expiries within five seconds, though nobody asks for the entries', async () => {
    const context = aContext();
    const reader = await follow(server, context);
    await put(server, context, 'brief', { ttl_seconds: 1, agent: 'planner' });
    await put(server, context, 'lasting');
    const [, , expired] = await reader.take(3, 6_000);
    expect(expired).toMatchObject({
      type: 'entry.expired',
      data: { context, key: 'brief', version: 1, agent: 'planner' },
    });
  });

  test('goes on after the last id that it read, whatever happened meanwhile', async () => {
    const context = aContext();
    const reader = await follow(server, context);
    await put(server, context, 'a');
    await reader.take(1);
    await reader.close();
    await put(server, context, 'b', { ttl_seconds: 1 });
    await put(server, context, 'c');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await reader.open();
    await put(server, context, 'd');
    const events = await reader.take(5);
    expect(saying(events.slice(0, 3))).toEqual(['entry.put a 1', 'entry.put b 1', 'entry.put c 1']);
    expect([...saying(events.slice(3))].sort()).toEqual(['entry.expired b 1', 'entry.put d 1']);
    // From the middle of what it has.
    await reader.close();
    reader.lastEventId = events[1]?.id ?? '';
    await reader.open();
    const again = (await reader.take(8)).slice(5);
    expect(again).toEqual(events.slice(2));
  });

  test('goes on even where it left before anything had happened', async () => {
    const context = aContext();
    const reader = await follow(server, context);
    while (reader.lastEventId === '') await new Promise((resolve) => setTimeout(resolve, 5));
    await reader.close();
    await put(server, context, 'a');
    await reader.open();
    expect(saying(await reader.take(1))).toEqual(['entry.put a 1']);
  });

  test('goes on when the server was restarted, and when it was killed', async () => {
    const own = await spawnServer();
    const port = new URL(own.url).port;
    const restart = (): Promise<SpawnedServer> =>
      spawnServer({ HEADROOM_DATA_DIR: own.dataDir, HEADROOM_PORT: port });
    const reader = await follow(own, 'release');
    await put(own, 'release', 'a');
    await reader.take(1);
    await own.kill();
    await reader.ended;
    const second = await restart();
    await put(second, 'release', 'b');
    await reader.open();
    await reader.take(2);
    // A stop ends the streams first, so that it need not wait for them.
    const stoppedAt = Date.now();
    expect(await second.stop()).toBe(0);
    expect(Date.now() - stoppedAt).toBeLessThan(8_000);
    await reader.ended;
    const third = await restart();
    await put(third, 'release', 'c');
    await reader.open();
    expect(saying(await reader.take(3))).toEqual(['entry.put a 1', 'entry.put b 1', 'entry.put c 1']);
    await reader.close();
    await third.stop();
  });

  test('is told when it asks for events that are not kept, and goes on with those that are', async () => {
    const context = aContext();
    await put(server, context, 'a');
    const reader = new EventReader(`${server.url}${pathOf(context)}/events`);
    readers.push(reader);
    reader.lastEventId = '1';
    await reader.open();
    const [missed, first] = await reader.take(2);
    expect(missed).toMatchObject({ type: 'events.missed', data: { context } });
    expect(saying([first!])).toEqual(['entry.put a 1']);
  });

  test('is refused with an id that is none', async () => {
    const url = `${server.url}${pathOf(aContext())}/events`;
    for (const id of ['abc', '-1', '1.5', '99999999999999999999']) {
      const reply = await send(url, { headers: { 'last-event-id': id } });
      expect(reply.status).toBe(400);
      expect(problemOf(reply).error).toMatchObject({
        type: 'validation_error',
        details: { errors: [{ path: 'Last-Event-ID' }] },
      });
    }
  });

  test('two hundred at once hear the same', async () => {
    const context = aContext();
    const crowd = await Promise.all(Array.from({ length: 200 }, () => follow(server, context)));
    for (let i = 0; i < 20; i++) await put(server, context, `key ${i}`);
    const heard = await Promise.all(crowd.map((reader) => reader.take(20, 20_000)));
    expect(saying(heard[0]!)).toEqual(Array.from({ length: 20 }, (_, i) => `entry.put key ${i} 1`));
    for (const events of heard) expect(events).toEqual(heard[0]);
  });
});

describe('with keys', () => {
  let server: SpawnedServer;
  beforeAll(async () => {
    server = await spawnServer({ HEADROOM_API_KEY: BOOTSTRAP_KEY });
  });
  afterAll(() => server.stop());
  const keyOf = async (more: object): Promise<Record<string, string>> => {
    const made = await send(`${server.url}/v1/keys`, { json: { name: 'a key', ...more }, headers: ADMIN });
    return { authorization: `Bearer ${made.body['key'] as string}` };
  };

  test('each hears of its own tenant, and one that is bound to users of theirs and of nobody’s', async () => {
    const context = aContext();
    const [acme, bob, globex] = [
      await keyOf({ tenant: 'acme' }),
      await keyOf({ tenant: 'acme', users: ['bob'] }),
      await keyOf({ tenant: 'globex' }),
    ];
    const [all, bobs, others] = [
      await follow(server, context, acme),
      await follow(server, context, bob),
      await follow(server, context, globex),
    ];
    await put(server, context, 'ann', { user_id: 'ann' }, acme);
    await put(server, context, 'bob', { user_id: 'bob' }, acme);
    await put(server, context, 'nobody', {}, acme);
    await put(server, context, 'globex', {}, globex);
    expect(saying(await all.take(3))).toEqual(['entry.put ann 1', 'entry.put bob 1', 'entry.put nobody 1']);
    expect(saying(await bobs.take(2))).toEqual(['entry.put bob 1', 'entry.put nobody 1']);
    expect(saying(await others.take(1))).toEqual(['entry.put globex 1']);
    // From the beginning too.
    for (const reader of [bobs, others]) {
      await reader.close();
      reader.lastEventId = '0';
      await reader.open();
    }
    expect(saying((await bobs.take(4)).slice(2))).toEqual(['entry.put bob 1', 'entry.put nobody 1']);
    expect(saying((await others.take(2)).slice(1))).toEqual(['entry.put globex 1']);
    // What was told of an erased user is told no more.
    await send(`${server.url}/v1/users/bob`, { method: 'DELETE', headers: acme });
    await all.close();
    all.lastEventId = '0';
    await all.open();
    expect(saying((await all.take(5)).slice(3))).toEqual(['entry.put ann 1', 'entry.put nobody 1']);
  });

  test('nobody follows without one', async () => {
    expect((await send(`${server.url}${pathOf('release')}/events`)).status).toBe(401);
  });
});

const CLUSTERS = [
  { through: 'PostgreSQL alone', redis: undefined, isMissing: addressOf('PostgreSQL') === undefined },
  {
    through: 'PostgreSQL and Redis',
    redis: redisUrl,
    isMissing: addressOf('PostgreSQL') === undefined || redisUrl === undefined,
  },
];

describe.each(CLUSTERS)('two servers on $through', ({ redis, isMissing }) => {
  describe.skipIf(isMissing)('on the same database', () => {
    let drop: () => Promise<void>;
    let settings: Record<string, string>;
    const servers: SpawnedServer[] = [];
    beforeAll(async () => {
      const made = await createPostgresDatabase();
      drop = made.drop;
      settings = { HEADROOM_STORE_URL: made.url, ...(redis !== undefined && { HEADROOM_REDIS_URL: redis }) };
      servers.push(...(await Promise.all([spawnServer(settings), spawnServer(settings)])));
    });
    afterAll(async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await drop();
    });

    test('tell what happens on either, once and in order, also to one that moves when its server dies', async () => {
      const context = aContext();
      const [staying, dying] = servers;
      const [still, moving] = [await follow(staying!, context), await follow(dying!, context)];
      // One key, put by both at once: its versions tell the order in which the puts were committed.
      const puts = (server: SpawnedServer, count: number): Promise<Reply[]> =>
        Promise.all(Array.from({ length: count }, () => put(server, context, 'plan')));
      await Promise.all([puts(staying!, 20), puts(dying!, 20)]);
      await moving.take(40);
      const [, crash] = await Promise.allSettled([puts(staying!, 20), dying!.kill()]);
      expect(crash.status).toBe('fulfilled');
      await moving.ended;
      await moving.open(`${staying!.url}${pathOf(context)}/events`);
      await puts(staying!, 20);
      const versions = Array.from({ length: 80 }, (_, i) => `entry.put plan ${i + 1}`);
      expect(saying(await still.take(80))).toEqual(versions);
      expect(saying(await moving.take(80))).toEqual(versions);
      servers[1] = await spawnServer(settings);
    });

    test('tell of an expiry once, wherever it was put and read', async () => {
      const context = aContext();
      const crowd = await Promise.all(servers.map((server) => follow(server, context)));
      for (const [i, server] of servers.entries())
        await put(server, context, `brief ${i}`, { ttl_seconds: 1 });
      const heard = await Promise.all(crowd.map((reader) => reader.take(4, 7_000)));
      // The first may expire before the second is put.
      expect([...saying(heard[0]!)].sort()).toEqual([
        'entry.expired brief 0 1',
        'entry.expired brief 1 1',
        'entry.put brief 0 1',
        'entry.put brief 1 1',
      ]);
      expect(heard[1]).toEqual(heard[0]);
      await put(servers[0]!, context, 'last');
      for (const reader of crowd) expect(saying(await reader.take(5)).at(-1)).toBe('entry.put last 1');
    });
  });
});
