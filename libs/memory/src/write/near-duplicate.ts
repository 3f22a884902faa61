import type { Caller } from '#libs/kernel';
import { analyse } from '#libs/relevance';
import type { NearDuplicate } from '../contract.js';
import type { Memory } from '../model/memory.js';
import type { Embedding, MemoryStore, MemoryView } from '../ports/memory-store.js';

/** From this cosine similarity on, two memories say nearly the same. */
export const NEAR_DUPLICATE_COSINE = 0.95;
/** A memory with an equal set of terms holds the longest, which are mostly the rarest: asking for these is cheap. */
const PROBE_TERMS = 3;
const PROBE_LIMIT = 10;

/** Finds a current memory of the very same scope with an equal set of terms or nearly the same vector. */
export async function findNearDuplicate(
  store: MemoryStore,
  caller: Caller,
  memory: Memory,
  embedding: Embedding | undefined,
): Promise<NearDuplicate | undefined> {
  const view: MemoryView = {
    scope: memory.scope,
    mode: 'exact',
    now: memory.createdAt,
    includeSuperseded: false,
  };
  const wanted = new Set(analyse(memory.content));
  const probe = [...wanted].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).slice(0, PROBE_TERMS);
  if (probe.length > 0) {
    const { hits } = await store.keywordHits(caller, view, probe, PROBE_LIMIT);
    const twin = hits.find((hit) => hit.memory.id !== memory.id && hasTerms(hit.memory.content, wanted));
    if (twin !== undefined) return { id: twin.memory.id, similarity: 1 };
  }
  if (embedding === undefined) return undefined;
  const { hits } = await store.semanticHits(caller, view, embedding, 2);
  const near = hits.find((hit) => hit.memory.id !== memory.id && hit.score >= NEAR_DUPLICATE_COSINE);
  return near === undefined ? undefined : { id: near.memory.id, similarity: near.score };
}

function hasTerms(content: string, wanted: ReadonlySet<string>): boolean {
  const terms = new Set(analyse(content));
  return terms.size === wanted.size && [...terms].every((term) => wanted.has(term));
}
