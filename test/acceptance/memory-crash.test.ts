import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteConnection from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EmbeddingService } from '../support/embedding-service.js';
import { aLine, linesOf, MemoryFiles, NDJSON } from '../support/memory-files.js';
import { runVerify } from '../support/run-verify.js';
import { problemOf, send } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const WRITERS = 8;
const ENOUGH = 120;

/** What a client was told: this memory is stored, in the place of that one. */
interface Acknowledged {
  readonly id: string;
  readonly word: string;
  readonly supersedes: string | null;
}

const CHAINS = 1_500;
const [AT, THEN] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];

/** Chains of two, told once oldest first and once newest first, with half of the file between their members. */
function fileOfChains(chains: number): readonly string[] {
  const numbers = Array.from({ length: chains }, (_, i) => i);
  const old = numbers.map((i) => {
    const ended = { superseded_by: `mem_new_${i}`, valid_until: THEN, superseded_at: THEN };
    return aLine({ id: `mem_old_${i}`, user_id: 'hal', content: `old ${i}`, created_at: AT, ...ended });
  });
  const fresh = numbers.map((i) => {
    const link = { supersedes: `mem_old_${i}`, created_at: THEN };
    return aLine({ id: `mem_new_${i}`, user_id: 'hal', content: `new ${i}`, ...link });
  });
  const half = chains / 2;
  return [...old.slice(0, half), ...fresh.slice(half), ...fresh.slice(0, half), ...old.slice(half)];
}

describe('memories of an embedded server', () => {
  const embeddings = new EmbeddingService();
  let dataDir: string;
  let settings: Record<string, string>;
  let server: SpawnedServer;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'headroom-crash-'));
    settings = {
      HEADROOM_DATA_DIR: dataDir,
      HEADROOM_EMBEDDER: 'openai',
      OPENAI_API_KEY: 'a-key',
      OPENAI_TARGET_API_URL: await embeddings.start(),
      HEADROOM_LOG_LEVEL: 'warn',
    };
    server = await spawnServer(settings);
  });
  afterEach(async () => {
    await server.stop();
    await embeddings.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const pending = async (): Promise<number> => {
    const { body } = await send(`${server.url}/readyz`);
    return (body['checks'] as { embedder: { pending: number } }).embedder.pending;
  };

  /** Adds and supersedes from several clients at once, and kills the server among their requests. */
  async function writeAndKill(run: string): Promise<readonly Acknowledged[]> {
    const acknowledged: Acknowledged[] = [];
    let killed: Promise<void> | undefined;
    const write = async (path: string, body: object, word: string, supersedes: string | null) => {
      const { status, body: memory } = await send(`${server.url}${path}`, { json: body });
      expect(status).toBe(201);
      const id = memory['id'] as string;
      acknowledged.push({ id, word, supersedes });
      if (acknowledged.length >= ENOUGH) killed ??= server.kill();
      return id;
    };
    const writer = async (number: number): Promise<void> => {
      for (let i = 0; killed === undefined; i++) {
        const [first, second] = [`${run}w${number}x${i}a`, `${run}w${number}x${i}b`];
        const id = await write('/v1/memories', { user_id: 'ada', content: `keeps ${first}` }, first, null);
        await write(`/v1/memories/${id}/supersede`, { content: `keeps ${second}` }, second, id);
      }
    };
    const outcomes = await Promise.allSettled(Array.from({ length: WRITERS }, (_, number) => writer(number)));
    // A request that was cut off was never acknowledged; whatever else fails is a fault.
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(TypeError);
    }
    await killed;
    return acknowledged;
  }

  async function expectAllThere(acknowledged: readonly Acknowledged[]): Promise<void> {
    const successorOf = new Map(acknowledged.map(({ id, supersedes }) => [supersedes, id]));
    for (const { id, word, supersedes } of acknowledged) {
      const { status, body } = await send(`${server.url}/v1/memories/${id}`);
      expect({ status, content: body['content'], supersedes: body['supersedes'] }).toEqual({
        status: 200,
        content: `keeps ${word}`,
        supersedes,
      });
      const successor = successorOf.get(id);
      if (successor !== undefined) expect(body['superseded_by']).toBe(successor);
      const query = { user_id: 'ada', query: word, mode: 'keyword', include_superseded: true, top_k: 1 };
      const found = await send(`${server.url}/v1/memories/search`, { json: query });
      expect(found.body['data']).toMatchObject([{ memory: { id } }]);
    }
  }

  test('outlive the server being killed among writes, and pending vectors are made by the next one', async () => {
    embeddings.isSilent = true;
    const acknowledged: Acknowledged[] = [];
    for (const run of ['one', 'two']) {
      acknowledged.push(...(await writeAndKill(run)));
      expect(await runVerify(settings)).toMatchObject({ code: 0 });
      server = await spawnServer(settings);
      await expectAllThere(acknowledged);
    }
    expect(await pending()).toBeGreaterThanOrEqual(acknowledged.length);
    expect(embeddings.asked).toEqual([]);

    await server.kill();
    embeddings.isSilent = false;
    server = await spawnServer(settings);
    await expect.poll(pending, { timeout: 30_000 }).toBe(0);
    const last = acknowledged.at(-1);
    const found = await send(`${server.url}/v1/memories/search`, {
      json: {
        user_id: 'ada',
        query: `keeps ${last?.word ?? ''}`,
        mode: 'semantic',
        include_superseded: true,
      },
    });
    expect(found.body['mode']).toBe('semantic');
    expect((found.body['data'] as unknown[])[0]).toMatchObject({ memory: { id: last?.id } });
    await server.stop();
    expect(await runVerify(settings)).toMatchObject({ code: 0 });
  });

  test('show no half of a chain when the server is killed in the middle of an import, and come whole in the end', async () => {
    embeddings.isSilent = true;
    const lines = fileOfChains(CHAINS);
    const body = `${lines.join('\n')}\n`;
    const stored = async () => linesOf(await new MemoryFiles(server.url).exported('user_id=hal'));
    for (const share of [0.2, 0.6]) {
      const cut = fetch(`${server.url}/v1/memories/import`, { method: 'POST', body, headers: NDJSON });
      const failed = cut.then(
        () => false,
        () => true,
      );
      const total = async (): Promise<number> =>
        Number((await send(`${server.url}/v1/memories/stats?user_id=hal`)).body['total']);
      await expect.poll(total, { timeout: 30_000, interval: 5 }).toBeGreaterThan(share * lines.length);
      await server.kill();
      expect(await failed).toBe(true);
      expect(await runVerify(settings)).toMatchObject({ code: 0 });
      server = await spawnServer(settings);
      const members = new Map((await stored()).map((line) => [line.id, line]));
      expect(members.size).toBeLessThan(lines.length);
      for (const { id, supersedes, superseded_by: next } of members.values()) {
        if (supersedes !== null) expect(members.get(supersedes as string)?.['superseded_by']).toBe(id);
        if (next !== null) expect(members.get(next as string)?.['supersedes']).toBe(id);
      }
    }
    const { body: answer } = await new MemoryFiles(server.url).imported(body);
    expect(answer).toMatchObject({ failed: 0, errors: [] });
    const told = new Map(
      lines.map((line) => JSON.parse(line) as { id: string }).map((line) => [line.id, line]),
    );
    const all = await stored();
    expect(all).toHaveLength(lines.length);
    for (const line of all) expect(line).toMatchObject(told.get(line.id) ?? {});
    await server.stop();
    expect(await runVerify(settings)).toMatchObject({ code: 0 });
  });

  test('are not verified while a server has them open, nor where there are none', async () => {
    const inUse = await runVerify(settings);
    expect(inUse).toMatchObject({ code: 2, stdout: '' });
    expect(inUse.stderr).toContain(`is in use by process ${server.pid}`);
    const nowhere = await runVerify({ ...settings, HEADROOM_DATA_DIR: join(dataDir, 'nowhere') });
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr).toContain('There is no store');
    expect(await runVerify(settings, '--mend')).toMatchObject({ code: 2 });
  });

  test('are not verified, and not touched, while their tables are older than the program, unless they are mended', async () => {
    await server.stop();
    const file = join(dataDir, 'headroom.db');
    const older = new SqliteConnection(file);
    const name = 'AwaitedLinks1764600500000';
    older.exec('DROP INDEX memories_awaiting_links');
    older.exec('ALTER TABLE memories DROP COLUMN awaited_successor');
    older.exec('ALTER TABLE memories DROP COLUMN awaited_predecessor');
    older.prepare('DELETE FROM schema_migrations WHERE name = ?').run(name);
    older.close();
    const before = readFileSync(file);
    const looked = await runVerify(settings);
    expect(looked).toMatchObject({ code: 2, stdout: '' });
    expect(looked.stderr).toContain(
      `${name} would have to be applied. Start this version of the server once`,
    );
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(await runVerify(settings, '--repair')).toMatchObject({ code: 0 });
    expect(await runVerify(settings)).toMatchObject({ code: 0 });
  });

  test('are superseded once, however many try at the same time', async () => {
    const made = await send(`${server.url}/v1/memories`, {
      json: { user_id: 'ada', content: 'lives in Turin' },
    });
    const path = `${server.url}/v1/memories/${made.body['id'] as string}`;
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        send(`${path}/supersede`, { json: { content: `lives in city ${i}` } }),
      ),
    );
    const [won, ...others] = replies.filter(({ status }) => status === 201);
    expect(others).toEqual([]);
    const lost = replies.filter(({ status }) => status === 409);
    expect(lost).toHaveLength(99);
    for (const reply of lost) {
      expect(problemOf(reply).error.details).toMatchObject({ current_id: won?.body['id'] });
    }
    const history = await send(`${path}/history`);
    expect(history.body).toMatchObject({ current_id: won?.body['id'] });
    expect(history.body['data']).toHaveLength(2);
  });
});
