import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonClient } from '../json-client.js';
import type { CorpusMemory } from './corpus.js';

const BATCH = 500;
const EMBEDDED_WITHIN_MS = 600_000;

/** Which keys of the corpus each stored memory stands for: the same text in the same scope is one memory. */
export type KeysById = ReadonlyMap<string, readonly string[]>;

interface BatchAnswer {
  readonly data: readonly {
    readonly status: 'created' | 'duplicate' | 'error';
    readonly memory?: { readonly id: string };
    readonly error?: unknown;
  }[];
}

/** Stores the memories in their order and waits until every one has its vector, where there is an embedder. */
export async function remember(client: JsonClient, memories: readonly CorpusMemory[]): Promise<KeysById> {
  const keys = new Map<string, string[]>();
  for (let at = 0; at < memories.length; at += BATCH) {
    const part = memories.slice(at, at + BATCH);
    const body = { memories: part.map((memory) => memory.body) };
    const { data } = JSON.parse(await client.post('/v1/memories/batch', body)) as BatchAnswer;
    for (const [i, { memory, error }] of data.entries()) {
      const key = part[i]?.key ?? '';
      if (memory === undefined) throw new Error(`${key} was not stored: ${JSON.stringify(error)}`);
      const known = keys.get(memory.id);
      if (known === undefined) keys.set(memory.id, [key]);
      else known.push(key);
    }
  }
  await untilEmbedded(client);
  return keys;
}

/** Resolves when `/readyz` says that no memory waits for its vector. */
export async function untilEmbedded(
  client: JsonClient,
  onPending: (pending: number) => void = () => undefined,
  withinMs = EMBEDDED_WITHIN_MS,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const { embedder } = await client.readiness();
    const pending = embedder?.pending ?? Number.POSITIVE_INFINITY;
    if (pending === 0) return;
    onPending(pending);
    await sleep(Math.min(2_000, 50 + pending / 50));
  }
  throw new Error('The memories were not embedded in time.');
}
