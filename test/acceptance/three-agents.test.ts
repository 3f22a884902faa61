import { setTimeout as sleep } from 'node:timers/promises';
import { HeadroomClient } from 'headroom-ai';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AGENT_READS } from '../support/agent-reads.js';
import { EventReader } from '../support/event-reader.js';
import { createPostgresDatabase } from '../support/postgres.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { send, type Reply } from '../support/send.js';
import { addressOf } from '../support/services.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const redisUrl = addressOf('Redis');
const hasServices = addressOf('PostgreSQL') !== undefined && redisUrl !== undefined;
const CONTEXT = '/v1/shared-contexts/checkout-bug';
const FINDINGS = AGENT_READS.map(({ kind, text }) => ({ key: `finding-${kind}`, text }));

interface Accepted {
  readonly id: string;
  readonly entries: readonly { readonly key: string; readonly hash: string; readonly content: unknown }[];
}

describe.skipIf(!hasServices)('a researcher, a coder and a reviewer on two servers', () => {
  const provider = new ScriptedProvider();
  let servers: readonly [SpawnedServer, SpawnedServer];
  let end: () => Promise<void>;

  beforeEach(async () => {
    const database = await createPostgresDatabase();
    await provider.start();
    const settings = {
      HEADROOM_STORE_URL: database.url,
      HEADROOM_REDIS_URL: redisUrl ?? '',
      OPENAI_TARGET_API_URL: provider.origin,
      HEADROOM_LOG_LEVEL: 'warn',
    };
    servers = await Promise.all([spawnServer(settings), spawnServer(settings)]);
    end = async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await provider.stop();
      await database.drop();
    };
  });
  afterEach(() => end());

  /** Asks as a client that goes to the other server when one does not answer. */
  async function ask(path: string, json?: unknown, method?: string, key?: string): Promise<Reply> {
    for (const { url } of servers) {
      try {
        return await send(`${url}${CONTEXT}${path}`, {
          ...(method !== undefined && { method }),
          ...(json !== undefined && { json }),
          headers: key === undefined ? {} : { 'idempotency-key': key },
        });
      } catch {
        // This server is gone.
      }
    }
    throw new Error('No server answers.');
  }

  const put = (key: string, content: unknown, agent: string) =>
    ask(`/entries/${key}`, { content, agent }, 'PUT');

  /** Waits for what is handed to an agent and accepts it, until there were so many. */
  async function acceptAll(agent: string, count: number): Promise<readonly Accepted[]> {
    const accepted: Accepted[] = [];
    while (accepted.length < count) {
      const found = await ask(`/handoffs?to=${agent}&status=pending&wait_seconds=5`);
      for (const { id } of found.body['data'] as readonly { readonly id: string }[]) {
        // Two of its workers race for it.
        const answers = await Promise.all([
          ask(`/handoffs/${id}/accept`, {}, 'POST', `${id} by one`),
          ask(`/handoffs/${id}/accept`, {}, 'POST', `${id} by other`),
        ]);
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
        accepted.push(answers.find(({ status }) => status === 200)?.body as unknown as Accepted);
      }
    }
    return accepted;
  }

  test('lose nothing and get nothing twice when a server dies in the middle of a handoff', async () => {
    const [first, second] = servers;
    const reader = new EventReader(`${first.url}${CONTEXT}/events`);
    await reader.open();

    const model = new OpenAI({ baseURL: `${first.url}/v1`, apiKey: 'sk-test', maxRetries: 0 });
    const plan = await model.chat.completions.create({
      model: 'gpt-4o',
      messages: [
        { role: 'user', content: 'What breaks the checkout?' },
        { role: 'user', content: FINDINGS[0]?.text ?? '' },
      ],
    });
    expect(plan.choices[0]?.message.content).toBe('ok');

    for (const { key, text } of FINDINGS) expect((await put(key, text, 'researcher')).status).toBe(201);

    // The coder waits on the second server; the first one dies while handoffs are on their way.
    const coder = acceptAll('coder', FINDINGS.length);
    const handedOver = FINDINGS.map(async ({ key }, i) => {
      await sleep(i * 3);
      return ask('/handoffs', { from: 'researcher', to: 'coder', keys: [key] }, 'POST', `hand over ${key}`);
    });
    await handedOver[0];
    await first.kill();
    const created = await Promise.all(handedOver);
    expect(created.map(({ status }) => status)).toEqual(FINDINGS.map(() => 201));
    const given = await coder;

    // Nothing was handed over twice, and each original is exact.
    expect(given.flatMap(({ entries }) => entries.map(({ key }) => key)).sort()).toEqual(
      FINDINGS.map(({ key }) => key).sort(),
    );
    expect(new Set(given.map(({ id }) => id))).toEqual(new Set(created.map(({ body }) => body['id'])));
    const client = new HeadroomClient({ baseUrl: second.url, fallback: false, retries: 0 });
    for (const { entries } of given) {
      const [entry] = entries;
      const original = await client.retrieve(entry?.hash ?? '');
      expect('originalContent' in original && original.originalContent).toBe(
        FINDINGS.find(({ key }) => key === entry?.key)?.text,
      );
    }

    // What the coder makes of it goes to the reviewer.
    const patch = { files: ['src/checkout.ts'], diff: '-  retry();\n+  await retry();\n' };
    expect((await put('patch', patch, 'coder')).status).toBe(201);
    await ask('/handoffs', { from: 'coder', to: 'reviewer', keys: ['patch'], note: 'please review' }, 'POST');
    const [review] = await acceptAll('reviewer', 1);
    expect(review?.entries[0]?.content).toEqual(patch);

    // The stream goes on at the other server where it broke off, and has told of everything once.
    await reader.ended;
    await reader.open(`${second.url}${CONTEXT}/events`);
    const steps = FINDINGS.length + 1;
    const events = await reader.take(3 * steps);
    await sleep(300);
    await reader.close();
    expect(reader.events).toHaveLength(3 * steps);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3 * steps);
    const named = (type: string) => events.filter((event) => event.type === type);
    expect(named('entry.put').map(({ data }) => data['key'])).toEqual([
      ...FINDINGS.map(({ key }) => key),
      'patch',
    ]);
    expect(new Set(named('handoff.created').map(({ data }) => data['handoff_id'])).size).toBe(steps);
    expect(new Set(named('handoff.accepted').map(({ data }) => data['handoff_id'])).size).toBe(steps);
  });
});
