import { writeSync } from 'node:fs';
import { type DatabaseOptions, openDatabase } from '#libs/adapters';
import { hashOriginal } from '#libs/ccr';
import { aCaller } from './callers.js';
import { FakeClock } from './fake-clock.js';
import { aMemory } from './memories.js';
import { sqlStores } from './sql-stores.js';

/**
 * A process that writes into every kind of store as fast as it can and prints one line per acknowledged write, until
 * it is killed. Its arguments are the options of the database as JSON and a name of this run, which all ids begin with.
 */
const WRITERS = 24;
const options = JSON.parse(process.argv[2] ?? '') as DatabaseOptions;
const run = process.argv[3] ?? '';
const clock = new FakeClock();
const stores = sqlStores(await openDatabase(options), clock);
const caller = aCaller();
const now = clock.now();
const expiresAt = new Date(now.getTime() + 1_000_000_000);

if ((await stores.conversations.find(caller, 'conv_crash')) === null) {
  await stores.conversations.create(caller, {
    id: 'conv_crash',
    scope: { userId: 'ann' },
    metadata: {},
    messageCount: 0,
    tokens: 0,
    createdAt: now,
    updatedAt: now,
  });
}

async function appendMessages(id: string): Promise<string> {
  const messages = ['first', 'second'].map((part) => ({
    message: { role: 'user', content: `${part} of ${id}` },
    tokens: 1,
  }));
  const { firstIndex } = await stores.conversations.append(caller, 'conv_crash', messages, now);
  return String(firstIndex);
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

const memoryOf = (id: string, subject?: string) =>
  aMemory(clock, { id: `mem_${id}`, content: `memory ${id}`, scope: { userId: userOf(id) }, subject });

/** Writers take turns per user, so that few users let PostgreSQL write side by side. */
function userOf(id: string): string {
  return `user-${id.split('-')[1] ?? ''}`;
}

async function addMemory(id: string): Promise<string> {
  const embedding = { model: 'm', vector: Float32Array.from([1, 2, 3]) };
  const outcome = await stores.memories.insert(caller, { ...memoryOf(id), embedding }, 'supersede');
  return outcome.memory.id;
}

async function supersedeMemory(id: string): Promise<string> {
  const successor = memoryOf(`${id}-next`);
  return (await stores.memories.supersede(caller, `mem_${id}`, successor)).memory.id;
}

async function embedMemory(id: string): Promise<string> {
  const ids = [`mem_${id}`, `mem_${id}-next`];
  const vectors = new Map(ids.map((memory) => [memory, Float32Array.from([4, 5])]));
  await stores.memories.saveEmbeddings(caller, 'later', vectors);
  return ids.join('+');
}

/** Five memories on one subject: a chain that is whole or not there at all. */
async function addBatch(id: string): Promise<string> {
  const items = [1, 2, 3, 4, 5].map((part) => ({
    memory: memoryOf(`${id}-part${part}`, `topic ${id}`),
    onSubject: 'supersede' as const,
  }));
  await stores.memories.insertMany(caller, items);
  return items.map(({ memory }) => memory.memory.id).join('+');
}

const KINDS = [
  ['message', appendMessages],
  ['original', putOriginal],
  ['entry', putEntry],
  ['memory', addMemory],
  ['successor', supersedeMemory],
  ['vectors', embedMemory],
  ['batch', addBatch],
] as const;

async function writeForever(writer: number): Promise<never> {
  for (let round = 0; ; round++) {
    for (const [kind, write] of KINDS) {
      const id = `${run}-${writer}-${round}`;
      const receipt = await write(id);
      writeSync(1, `${kind} ${id} ${receipt}\n`);
    }
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => writeForever(writer)));
