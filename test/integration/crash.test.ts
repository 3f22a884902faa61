import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type DatabaseOptions, openDatabase } from '#libs/adapters';
import { aCaller } from '../support/callers.js';
import { createPostgresDatabase } from '../support/postgres.js';
import { FakeClock } from '../support/fake-clock.js';
import { addressOf } from '../support/services.js';
import { sqlStores } from '../support/sql-stores.js';

const ENOUGH = 1_000;
const caller = aCaller();

interface Acknowledged {
  readonly kind: string;
  readonly id: string;
  readonly receipt: string;
}

/** Kills the writer without warning once it has acknowledged enough. @returns all that it had acknowledged. */
async function writeUntilKilled(options: DatabaseOptions): Promise<readonly Acknowledged[]> {
  const script = fileURLToPath(new URL('../support/crash-writer.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', script, JSON.stringify(options)],
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
      } else {
        const lookup = await stores.sharedContexts.find(caller, 'crash', id, clock.now());
        if (lookup.status !== 'found' || lookup.entry.original !== id) lost.push(one);
      }
    }
    expect(lost).toEqual([]);
  } finally {
    await database.close();
  }
}

describe('a server killed while many write', () => {
  it('has kept every acknowledged write and no half of one on SQLite', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'headroom-'));
    const options: DatabaseOptions = { kind: 'sqlite', dataDir };
    try {
      const written = await writeUntilKilled(options);
      expect(written.length).toBeGreaterThanOrEqual(ENOUGH);
      await expectAllThere(options, written);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it.skipIf(addressOf('PostgreSQL') === undefined)(
    'has kept every acknowledged write and no half of one on PostgreSQL',
    async () => {
      const { url, drop } = await createPostgresDatabase();
      const options: DatabaseOptions = { kind: 'postgres', url };
      try {
        const written = await writeUntilKilled(options);
        expect(written.length).toBeGreaterThanOrEqual(ENOUGH);
        await expectAllThere(options, written);
      } finally {
        await drop();
      }
    },
  );
});
