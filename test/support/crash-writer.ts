import { writeSync } from 'node:fs';
import { type DatabaseOptions, openDatabase } from '#libs/adapters';
import { hashOriginal } from '#libs/ccr';
import { aCaller } from './callers.js';
import { FakeClock } from './fake-clock.js';
import { sqlStores } from './sql-stores.js';

/**
 * A process that writes into every kind of store as fast as it can and prints one line per acknowledged write, until
 * it is killed. Its one argument is the options of the database as JSON.
 */
const WRITERS = 24;
const options = JSON.parse(process.argv[2] ?? '') as DatabaseOptions;
const clock = new FakeClock();
const stores = sqlStores(await openDatabase(options), clock);
const caller = aCaller();
const now = clock.now();
const expiresAt = new Date(now.getTime() + 1_000_000_000);

await stores.conversations.create(caller, {
  id: 'conv_crash',
  scope: { userId: 'ann' },
  metadata: {},
  messageCount: 0,
  tokens: 0,
  createdAt: now,
  updatedAt: now,
});

async function appendMessages(id: string): Promise<string> {
  const messages = ['first', 'second'].map((part) => ({
    message: { role: 'user', content: `${part} of ${id}` },
    tokens: 1,
  }));
  return String(await stores.conversations.append(caller, 'conv_crash', messages, now));
}

async function putOriginal(id: string): Promise<string> {
  const content = `original ${id} ${'x'.repeat(2_000)}`;
  const counts = { originalTokens: 1, compressedTokens: 1, originalItemCount: 1, compressedItemCount: 1 };
  await stores.originals.put(caller, [{ hash: hashOriginal(content), content, ...counts }]);
  return hashOriginal(content);
}

async function putEntry(id: string): Promise<string> {
  const content = { hash: hashOriginal(id), contentKind: 'text' as const, original: id, compressed: id };
  const counts = { originalTokens: 1, compressedTokens: 1, transforms: [], metadata: {} };
  const entry = { context: 'crash', key: id, ...content, ...counts, createdAt: now, expiresAt };
  await stores.sharedContexts.put(caller, entry, { kind: 'any' }, 1_000_000);
  return id;
}

const KINDS = [
  ['message', appendMessages],
  ['original', putOriginal],
  ['entry', putEntry],
] as const;

async function writeForever(writer: number): Promise<never> {
  for (let round = 0; ; round++) {
    for (const [kind, write] of KINDS) {
      const id = `${writer}-${round}`;
      const receipt = await write(id);
      writeSync(1, `${kind} ${id} ${receipt}\n`);
    }
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => writeForever(writer)));
