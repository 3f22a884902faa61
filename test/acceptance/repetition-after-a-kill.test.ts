import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasClusterServices, startCluster, type Cluster } from '../support/cluster.js';
import type { Reply } from '../support/send.js';
import { stallRows } from '../support/stalled-rows.js';
import { until } from '../support/until.js';

/** A request under a key, and how one sees that it was done once. */
interface Keyed {
  readonly path: string;
  readonly json: unknown;
  readonly expected: Record<string, unknown>;
  /** What there is of it, read from the server that is left. */
  readonly count: () => Promise<number>;
  readonly adds: number;
}

describe.skipIf(!hasClusterServices)('a request under an Idempotency-Key whose server was killed', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterEach(() => cluster.restart());
  afterAll(() => cluster.stop());

  let users = 0;
  const newUser = (): string => `user-${++users}`;
  const remember = async (memory: Record<string, unknown>): Promise<string> =>
    (await cluster.ask(1, '/v1/memories', memory)).body['id'] as string;
  const listed = async (path: string): Promise<readonly Record<string, unknown>[]> =>
    (await cluster.ask(1, path)).body['data'] as Record<string, unknown>[];
  const countOf = async (path: string): Promise<number> => (await listed(path)).length;

  async function everyKind(): Promise<readonly Keyed[]> {
    const [one, many, seen, replaced, back, broader, told, begun, forked] = Array.from(
      { length: 9 },
      newUser,
    );
    const memoriesOf = (user: string | undefined) => () =>
      countOf(`/v1/memories?user_id=${user ?? ''}&scope=subtree&include_superseded=true`);
    const chainOf = (id: string) => () => countOf(`/v1/memories/${id}/history`);
    const known = await remember({ user_id: seen, content: 'Likes tea' });
    const old = await remember({ user_id: replaced, content: 'Lives in Rome' });
    const older = await remember({ user_id: back, content: 'Lives in Rome' });
    await cluster.ask(1, `/v1/memories/${older}/supersede`, { content: 'Lives in Oslo' });
    const narrow = await remember({ user_id: broader, session_id: 's', content: 'Likes tea' });
    const conversation = await cluster.ask(1, '/v1/conversations', { user_id: forked });
    const source = `/v1/conversations/${conversation.body['id'] as string}`;
    await cluster.ask(1, `${source}/messages`, { messages: [{ role: 'user', content: 'said' }] });
    await cluster.ask(1, `${source}/context`, { token_budget: 1_000 });
    const memories = [
      { user_id: many, content: 'Rows in the morning' },
      { user_id: many, content: 'Rows in the evening' },
    ];
    const content = `<memory>{"memories":[{"content":"Plays chess"},{"content":"Plays go"}]}</memory>`;
    return [
      {
        path: '/v1/memories',
        json: { user_id: one, content: 'Likes rye' },
        count: memoriesOf(one),
        adds: 1,
        expected: { deduplicated: false, near_duplicate: null },
      },
      {
        path: '/v1/memories/batch',
        json: { memories },
        count: memoriesOf(many),
        adds: 2,
        expected: { data: [{ status: 'created' }, { status: 'created' }] },
      },
      {
        path: '/v1/memories',
        json: { user_id: seen, content: 'Likes tea' },
        expected: { id: known, deduplicated: true },
        count: async () =>
          ((await cluster.ask(1, `/v1/memories/${known}`)).body['also_seen'] as unknown[]).length,
        adds: 1,
      },
      {
        path: `/v1/memories/${old}/supersede`,
        json: { content: 'Lives in Oslo' },
        count: chainOf(old),
        adds: 1,
        expected: { supersedes: old },
      },
      {
        path: `/v1/memories/${older}/restore`,
        json: {},
        count: chainOf(older),
        adds: 1,
        expected: { content: 'Lives in Rome' },
      },
      {
        path: `/v1/memories/${narrow}/promote`,
        json: { to: 'user' },
        // Elsewhere its original is left out of the list.
        count: () => countOf(`/v1/memories?user_id=${broader ?? ''}&scope=exact`),
        adds: 1,
        expected: { promoted_from: narrow },
      },
      {
        path: '/v1/memories/extract',
        json: { user_id: told, content },
        count: memoriesOf(told),
        adds: 2,
        expected: { stored: [{ content: 'Plays chess' }, { content: 'Plays go' }], duplicates: [] },
      },
      {
        path: '/v1/conversations',
        json: { user_id: begun },
        count: () => countOf(`/v1/conversations?user_id=${begun ?? ''}`),
        adds: 1,
        expected: { message_count: 0 },
      },
      {
        path: `${source}/fork`,
        json: {},
        count: () => countOf(`/v1/conversations?user_id=${forked ?? ''}`),
        adds: 1,
        expected: { message_count: 1 },
      },
    ];
  }

  const isAnswered = ({ status }: Reply): boolean => status !== 409;
  const DONE = { event: 'UPDATE', table: 'idempotency_keys', condition: 'NEW.status IS NOT NULL' };
  const NOT_DONE = [
    { event: 'INSERT OR UPDATE OF also_seen', table: 'memories' },
    { event: 'INSERT', table: 'conversations' },
  ];

  test.each([
    ['before it had done it', NOT_DONE],
    ['after it had done it', [DONE]],
  ])('is done once when it is sent again: killed %s', async (name, writes) => {
    const kinds = await everyKind();
    const before = await Promise.all(kinds.map(({ count }) => count()));
    const ask = (which: 0 | 1, { path, json }: Keyed, index: number): Promise<Reply> =>
      cluster.ask(which, path, json, 'POST', { 'idempotency-key': `${name} ${index}` });
    const stalled = await stallRows(cluster.databaseUrl, writes);
    const doomed = kinds.map((kind, index) => ask(0, kind, index).catch(() => 'cut off'));
    await stalled.waiting(kinds.length);
    await cluster.servers[0].kill();
    await stalled.letGo();
    expect(await Promise.all(doomed)).toEqual(kinds.map(() => 'cut off'));

    const replies = await Promise.all(
      kinds.map((kind, index) => until(() => ask(1, kind, index), isAnswered)),
    );
    expect(replies.map(({ body }) => body)).toMatchObject(kinds.map(({ expected }) => expected));
    const added = await Promise.all(kinds.map(async ({ count }, i) => (await count()) - (before[i] ?? 0)));
    expect(added).toEqual(kinds.map(({ adds }) => adds));
    const again = await Promise.all(kinds.map((kind, index) => ask(1, kind, index)));
    expect(again.map(({ text }) => text)).toEqual(replies.map(({ text }) => text));
  });
});
