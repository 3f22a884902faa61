import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedLines } from '../support/shared-data.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

type Json = Readonly<Record<string, unknown>>;

interface Reply {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Json;
}

const dataDir = mkdtempSync(join(tmpdir(), 'headroom-shared-state-'));
let server: SpawnedServer;

beforeAll(async () => {
  server = await spawnServer({ HEADROOM_DATA_DIR: dataDir });
});
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function send(method: string, path: string, body?: unknown, headers: Json = {}): Promise<Reply> {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(headers as Record<string, string>),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const read = text === '' ? {} : (JSON.parse(text) as Json);
  return { status: response.status, etag: response.headers.get('etag'), body: read };
}

describe('two agents', () => {
  const report = JSON.stringify(
    Array.from({ length: 250 }, (_, id) => ({
      id,
      host: `web-${id}`,
      status: id === 42 ? 'error: disk full' : 'ok',
    })),
  );

  it('share what they remember of a user, each within its scope', async () => {
    const user = { user_id: 'ann' };
    await send('POST', '/v1/memories', { ...user, content: 'Ann looks after the web hosts' });
    await send('POST', '/v1/memories', {
      ...user,
      agent_id: 'researcher',
      content: 'The web hosts were surveyed',
    });
    const search = async (agent: string) => {
      const { body } = await send('POST', '/v1/memories/search', {
        ...user,
        agent_id: agent,
        query: 'web hosts',
      });
      return (body['data'] as { memory: { content: string } }[]).map(({ memory }) => memory.content).sort();
    };
    expect(await search('writer')).toEqual(['Ann looks after the web hosts']);
    expect(await search('researcher')).toEqual([
      'Ann looks after the web hosts',
      'The web hosts were surveyed',
    ]);
  });

  it('hand a report over, small by default and whole on demand', async () => {
    const path = '/v1/shared-contexts/survey/entries/hosts';
    const put = await send('PUT', path, { content: report, agent: 'researcher', user_id: 'ann' });
    expect(put.status).toBe(201);
    const small = await send('GET', path);
    expect(String(small.body['content']).length).toBeLessThan(report.length / 3);
    expect(small.body['content']).toContain('disk full');
    const whole = await send('GET', `${path}?full=true`);
    expect(whole.body['content']).toBe(report);
    const matched = await send('GET', `${path}?query=disk%20full`);
    expect(JSON.parse(String(matched.body['content']))).toMatchObject([{ id: 42 }]);
    expect((await send('PUT', path, { content: 'mine' }, { 'if-match': '"7"' })).status).toBe(412);
  });

  it('find everything again after the server was killed', async () => {
    const made = await send('POST', '/v1/conversations', { user_id: 'ann', model: 'gpt-4o' });
    const id = String(made.body['id']);
    const messages = [
      { role: 'user', content: 'Which host has a full disk?' },
      { role: 'tool', tool_call_id: 'c1', content: report },
    ];
    await send('POST', `/v1/conversations/${id}/messages`, { messages });
    const context = await send('POST', `/v1/conversations/${id}/context`, {});
    const [hash] = context.body['ccr_hashes'] as string[];

    await server.kill();
    server = await spawnServer({ HEADROOM_DATA_DIR: dataDir });

    const again = await send('POST', `/v1/conversations/${id}/context`, {});
    // What was done is told otherwise the second time: the conversation is given again what it was given before.
    expect(again.body).toEqual({ ...context.body, transforms: [expect.stringMatching(/^pinned:/)] });
    const stored = await send('GET', `/v1/conversations/${id}/messages`);
    expect((stored.body['data'] as { message: unknown }[]).map(({ message }) => message)).toEqual(messages);
    expect((await send('POST', '/v1/retrieve', { hash })).body['original_content']).toBe(report);
    expect((await send('GET', '/v1/shared-contexts/survey/entries/hosts?full=true')).body['content']).toBe(
      report,
    );
    expect((await send('GET', '/v1/memories/stats?user_id=ann')).body).toMatchObject({ total: 2 });
  });

  it('leave nothing behind when their user is erased', async () => {
    const { status, body } = await send('DELETE', '/v1/users/ann');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      erased: { memories: 2, conversations: 1, messages: 2, shared_context_entries: 1 },
    });
    expect((await send('GET', '/v1/conversations?user_id=ann')).body).toMatchObject({ data: [] });
    expect((await send('GET', '/v1/shared-contexts/survey/entries/hosts')).status).toBe(404);
  });
});

interface Recorded {
  readonly messages: readonly {
    readonly role: string;
    readonly tool_calls?: unknown;
    readonly content?: unknown;
  }[];
}

const coding = sharedLines('conversations/pi-session.jsonl') as readonly Recorded[] | undefined;

describe.skipIf(coding === undefined)('a recorded coding session, stored turn by turn', () => {
  it('fits an exact budget; every message is kept or can be had', async () => {
    const { messages } = coding![0]!;
    const made = await send('POST', '/v1/conversations', { user_id: 'coder', model: 'gpt-4o' });
    const path = `/v1/conversations/${String(made.body['id'])}`;
    for (let from = 0; from < messages.length; from += 100) {
      const appended = await send('POST', `${path}/messages`, { messages: messages.slice(from, from + 100) });
      expect(appended.body).toMatchObject({ first_index: from });
    }
    const { status, body } = await send('POST', `${path}/context`, {
      token_budget: 30_000,
      strategy: 'rolling_window',
    });
    expect(status).toBe(200);
    expect(body['tokens_after']).toBeLessThanOrEqual(30_000);
    const kept = body['kept'] as number[];
    const dropped = body['dropped'] as { index: number; hash: string }[];
    const all = [...kept, ...dropped.map(({ index }) => index)].sort((a, b) => a - b);
    expect(all).toEqual(messages.map((_, i) => i));
    for (const { index, hash } of dropped.slice(0, 40)) {
      const original = await send('POST', '/v1/retrieve', { hash });
      expect(original.body['original_content']).toBe(JSON.stringify(messages[index]));
    }
  });
});
