import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '#libs/adapters';
import { leaveTraces } from '../contract/user-erasure.contract.js';
import { aCaller } from '../support/callers.js';
import { FakeClock } from '../support/fake-clock.js';
import { sqlStores } from '../support/sql-stores.js';

const NEEDLE = 'Zk8qW3vN5xErasureNeedle';
const OWNER = 'user-Tq7Lm2-with-a-telling-name';

let dataDir: string | undefined;
let database: Database | undefined;

afterEach(async () => {
  await database?.close();
  if (dataDir !== undefined) rmSync(dataDir, { recursive: true, force: true });
});

async function openEmbedded(): Promise<{ readonly database: Database; readonly dataDir: string }> {
  dataDir = mkdtempSync(join(tmpdir(), 'headroom-'));
  database = await openDatabase({ kind: 'sqlite', dataDir });
  return { database, dataDir };
}

/** Which of the store's files hold these bytes, as UTF-8 or UTF-16. */
function filesWith(text: string, folder: string): string[] {
  return readdirSync(folder).filter((name) => {
    const content = readFileSync(join(folder, name));
    return content.includes(text) || content.includes(Buffer.from(text, 'utf16le'));
  });
}

it('leaves no byte of an erased user in any file, among many users who come and go', async () => {
  const embedded = await openEmbedded();
  const clock = new FakeClock();
  const stores = sqlStores(embedded.database, clock);
  const others = Array.from({ length: 60 }, (_, i) => `other-${i}`);
  for (const other of others.slice(0, 30)) await leaveTraces(stores, clock, other, `filler of ${other} `);
  await leaveTraces(stores, clock, OWNER, NEEDLE);
  for (let round = 0; round < 30; round++) await grow(stores, clock, round);
  for (const other of others.slice(30)) await leaveTraces(stores, clock, other, `filler of ${other} `);
  for (const other of others.slice(0, 20)) await stores.erasure.erase(aCaller(), other);
  expect(await tablesWithoutTraces(embedded.database)).toEqual([]);
  expect(filesWith(NEEDLE, embedded.dataDir)).not.toEqual([]);
  expect(filesWith(OWNER, embedded.dataDir)).not.toEqual([]);

  await stores.erasure.erase(aCaller(), OWNER);

  expect(filesWith(NEEDLE, embedded.dataDir)).toEqual([]);
  expect(filesWith(OWNER, embedded.dataDir)).toEqual([]);
  expect(await stores.conversations.allMessages(aCaller(), 'conv_other-40')).toHaveLength(2);
});

/** Tables that know users or their words and in which the test has left nothing, so that it could not see it stay. */
async function tablesWithoutTraces({ dataSource }: Database): Promise<readonly string[]> {
  const tables: { name: string }[] = await dataSource.query(
    `SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
      WHERE m.type = 'table' AND c.name IN ('user_id', 'owner')`,
  );
  const empty: string[] = [];
  for (const { name } of tables) {
    const rows: unknown[] = await dataSource.query(`SELECT 1 FROM ${name} LIMIT 1`);
    if (rows.length === 0) empty.push(name);
  }
  return empty;
}

/** More of the same user between rows of others, in sizes that split and join pages. */
async function grow(stores: ReturnType<typeof sqlStores>, clock: FakeClock, round: number): Promise<void> {
  const caller = aCaller();
  clock.advanceSeconds(1);
  const message = { role: 'user', content: `${NEEDLE} ${'x'.repeat(round * 97)}` };
  await stores.conversations.append(caller, `conv_${OWNER}`, [{ message, tokens: 1 }], clock.now());
  const hash = round.toString(16).padStart(24, '0');
  const original = { hash, content: `${NEEDLE}\ud800${'y'.repeat(round * 61)}`, userId: OWNER };
  const counts = { originalTokens: 1, compressedTokens: 1, originalItemCount: 1, compressedItemCount: 1 };
  await stores.originals.put(caller, [{ ...original, ...counts }]);
  await leaveTraces(stores, clock, `between-${round}`, `neighbour ${round} `);
  if (round % 3 === 0) await stores.erasure.erase(caller, `between-${round}`);
}
