import { createHash } from 'node:crypto';
import type { Caller, Clock, Scope } from '#libs/kernel';
import { traitsOf } from '#libs/memory';
import { analyse } from '#libs/relevance';
import type { Embedding, KeywordQuery, Memory, MemoryStore, MemoryView, NewMemory } from '#libs/memory';

let made = 0;

/** A fact of user `anna`, made at an instant. */
export function aFact(at: Date, overrides: Partial<Memory> = {}): Memory {
  const content = overrides.content ?? `fact number ${++made}`;
  return {
    id: `mem_${String(++made).padStart(8, '0')}`,
    scope: { userId: 'anna' },
    content,
    category: 'fact',
    importance: 0.5,
    entities: [],
    metadata: {},
    alsoSeen: [],
    validFrom: at,
    createdAt: at,
    updatedAt: at,
    accessCount: 0,
    contentHash: createHash('sha256').update(content).digest('hex'),
    version: 1,
    ...overrides,
  };
}

/** The same, made now, with its words as terms. */
export function aMemory(clock: Clock, overrides: Partial<Memory> = {}): NewMemory {
  const memory = aFact(clock.now(), overrides);
  const { content } = memory;
  const terms = content.toLowerCase().split(/\s+/);
  return { memory, terms, traits: traitsOf(memory, analyse(content)) };
}

/** What a scope sees now. */
export function aView(clock: Clock, overrides: Partial<MemoryView> = {}): MemoryView {
  const scope: Scope = { userId: 'anna' };
  return { scope, mode: 'resolve', now: clock.now(), includeSuperseded: false, ...overrides };
}

/** A question of these words that names no date. */
export function words(terms: readonly string[]): KeywordQuery {
  return { terms, periods: [] };
}

/** Gives a memory its vector, as the background embedder does. */
export function saveEmbedding(
  store: MemoryStore,
  caller: Caller,
  id: string,
  { model, vector }: Embedding,
): Promise<void> {
  return store.saveEmbeddings(caller, model, new Map([[id, vector]]));
}
