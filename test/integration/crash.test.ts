import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type DatabaseOptions, openDatabase, SqlMemoryAudit } from '#libs/adapters';
import type { MemoryStore } from '#libs/memory';
import { aCaller } from '../support/callers.js';
import { createPostgresDatabase } from '../support/postgres.js';
import { FakeClock } from '../support/fake-clock.js';
import { addressOf } from '../support/services.js';
import { sqlStores } from '../support/sql-stores.js';

/** Acknowledged writes before each kill; the store goes through several. */
const ENOUGH = 500;
const RUNS = ['first', 'second', 'third'];
const TIMEOUT_MS = 240_000;
const caller = aCaller();

interface Acknowledged {
  readonly kind: string;
  readonly id: string;
  readonly receipt: string;
}

/** Kills the writer without warning once it has acknowledged enough. @returns all that it had acknowledged. */
async function writeUntilKilled(options: DatabaseOptions, run: string): Promise<readonly Acknowledged[]> {
  const script = fileURLToPath(new URL('../support/crash-writer.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', script, JSON.stringify(options), run],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  let lines = 0;
  let faults = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (faults += chunk));
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    lines += chunk.split('\n').length - 1;
    if (lines >= ENOUGH) child.kill('SIGKILL');
  });
  const signal = await new Promise<string | null>((resolve) => {
    child.on('close', (_code, by) => {
      resolve(by);
    });
  });
  if (signal !== 'SIGKILL') throw new Error(`The writer ended by itself: ${faults}`);
  const complete = output.slice(0, output.lastIndexOf('\n'));
  return complete.split('\n').map((line) => {
    const [kind = '', id = '', receipt = ''] = line.split(' ');
    return { kind, id, receipt };
  });
}

async function expectAllThere(options: DatabaseOptions, written: readonly Acknowledged[]): Promise<void> {
  const database = await openDatabase(options);
  try {
    const clock = new FakeClock();
    const stores = sqlStores(database, clock);
    const messages = await stores.conversations.allMessages(caller, 'conv_crash');
    expect(messages.map(({ index }) => index)).toEqual(messages.map((_, i) => i));
    expect((await stores.conversations.find(caller, 'conv_crash'))?.messageCount).toBe(messages.length);
    expect(messages.length % 2, 'messages are appended in pairs').toBe(0);
    const lost: Acknowledged[] = [];
    for (const one of written) {
      const { kind, id, receipt } = one;
      if (kind === 'message') {
        const pair = messages
          .slice(Number(receipt), Number(receipt) + 2)
          .map(({ message }) => message.content);
        if (pair[0] !== `first of ${id}` || pair[1] !== `second of ${id}`) lost.push(one);
      } else if (kind === 'original') {
        const lookup = await stores.originals.find(caller, receipt);
        if (lookup.status !== 'found' || !lookup.original.content.startsWith(`original ${id} `))
          lost.push(one);
      } else if (kind === 'entry') {
        const lookup = await stores.sharedContexts.find(caller, 'crash', id, clock.now());
        if (lookup.status !== 'found' || lookup.entry.original !== id) lost.push(one);
      } else if (!(await isMemoryThere(stores.memories, one))) {
        lost.push(one);
      }
    }
    expect(lost).toEqual([]);
    const findings = await new SqlMemoryAudit(database).run(false);
    expect(findings.filter(({ faults }) => faults > 0)).toEqual([]);
  } finally {
    await database.close();
  }
}

/** Whether an acknowledged write of memories is there, both sides of a link and the whole of a batch. */
async function isMemoryThere(store: MemoryStore, { kind, id, receipt }: Acknowledged): Promise<boolean> {
  const memories = await Promise.all(receipt.split('+').map((memory) => store.find(caller, memory)));
  if (kind === 'memory') return memories[0]?.content === `memory ${id}`;
  if (kind === 'vectors') return memories.every((memory) => memory?.embeddingModel === 'later');
  if (kind === 'successor') {
    const old = await store.find(caller, `mem_${id}`);
    return old?.supersededBy === receipt && memories[0]?.supersedes === old.id;
  }
  const chain = await store.chain(caller, memories[0]?.id ?? '');
  return chain.map((memory) => memory.id).join('+') === receipt;
}

async function survive(options: DatabaseOptions): Promise<void> {
  const written: Acknowledged[] = [];
  for (const run of RUNS) {
    written.push(...(await writeUntilKilled(options, run)));
    await expectAllThere(options, written);
  }
  expect(written.length).toBeGreaterThanOrEqual(RUNS.length * ENOUGH);
}

describe('a server killed again and again while many write', () => {
  it(
    'has kept every acknowledged write and no half of one on SQLite',
    async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'headroom-'));
      const options: DatabaseOptions = { kind: 'sqlite', dataDir };
      try {
        await survive(options);
      } finally {
        rmSync(dataDir, { recursive: true, force: true });
      }
    },
    TIMEOUT_MS,
  );

  it.skipIf(addressOf('PostgreSQL') === undefined)(
    'has kept every acknowledged write and no half of one on PostgreSQL',
    async () => {
      const { url, drop } = await createPostgresDatabase();
      const options: DatabaseOptions = { kind: 'postgres', url };
      try {
        await survive(options);
      } finally {
        await drop();
      }
    },
    TIMEOUT_MS,
  );
});
