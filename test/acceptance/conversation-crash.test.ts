import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { send } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const WRITERS = 8;
const ENOUGH = 80;

/** An append that a client has sent, and what it was told. */
interface Sent {
  readonly key: string;
  firstIndex?: number;
}

describe('a conversation of a server that is killed among appends', () => {
  let dataDir: string;
  let server: SpawnedServer;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'headroom-crash-'));
    server = await spawnServer({ HEADROOM_DATA_DIR: dataDir, HEADROOM_LOG_LEVEL: 'warn' });
  });
  afterEach(async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const partsOf = (key: string): string[] => ['first', 'second'].map((part) => `${part} of ${key}`);

  async function append(path: string, sent: Sent): Promise<void> {
    const messages = partsOf(sent.key).map((content) => ({ role: 'user', content }));
    const { status, body } = await send(`${server.url}${path}/messages`, {
      json: { messages },
      headers: { 'idempotency-key': sent.key },
    });
    expect(status).toBe(201);
    sent.firstIndex = body['first_index'] as number;
  }

  /** @returns everything that was sent, answered or not. */
  async function appendAndKill(path: string, run: string): Promise<readonly Sent[]> {
    const all: Sent[] = [];
    let answered = 0;
    let killed: Promise<void> | undefined;
    const writer = async (number: number): Promise<void> => {
      for (let i = 0; killed === undefined; i++) {
        const sent: Sent = { key: `${run}-${number}-${i}` };
        all.push(sent);
        await append(path, sent);
        if (++answered >= ENOUGH) killed ??= server.kill();
      }
    };
    const outcomes = await Promise.allSettled(Array.from({ length: WRITERS }, (_, i) => writer(i)));
    // A request that was cut off; whatever else fails is a fault.
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(TypeError);
    }
    await killed;
    return all;
  }

  async function contents(path: string): Promise<readonly string[]> {
    const all: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await send(`${server.url}${path}/messages?limit=200${query}`);
      const page = body['data'] as { index: number; message: { content: string } }[];
      expect(page.map(({ index }) => index)).toEqual(page.map((_, i) => all.length + i));
      all.push(...page.map(({ message }) => message.content));
      cursor = body['next_cursor'] as string | null;
    }
    return all;
  }

  test('has lost nothing that was acknowledged, and takes what is sent again once', async () => {
    const made = await send(`${server.url}/v1/conversations`, { json: { user_id: 'ada' } });
    const path = `/v1/conversations/${made.body['id'] as string}`;
    const all: Sent[] = [];
    for (const run of ['one', 'two', 'three']) {
      all.push(...(await appendAndKill(path, run)));
      server = await spawnServer({ HEADROOM_DATA_DIR: dataDir, HEADROOM_LOG_LEVEL: 'warn' });
      const before = await contents(path);
      for (const { key, firstIndex } of all) {
        if (firstIndex === undefined) continue;
        expect(before.slice(firstIndex, firstIndex + 2)).toEqual(partsOf(key));
      }
      // Nobody knows which of the unanswered ones were done: all of them are sent again, and some that were answered.
      const unanswered = all.filter(({ firstIndex }) => firstIndex === undefined);
      for (const sent of [...unanswered, ...all.slice(-20)]) await append(path, sent);
      const after = await contents(path);
      expect(after.slice(0, before.length)).toEqual(before);
      expect(after.toSorted()).toEqual(all.flatMap(({ key }) => partsOf(key)).toSorted());
    }
    expect(all.length).toBeGreaterThan(3 * ENOUGH);
  });
});
