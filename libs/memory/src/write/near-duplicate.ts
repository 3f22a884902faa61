import type { Caller } from '#libs/kernel';
import { analyse } from '#libs/relevance';
import type { NearDuplicate } from '../contract.js';
import type { Memory } from '../model/memory.js';
import type { Embedding, MemoryStore, MemoryView } from '../ports/memory-store.js';

/** From this cosine similarity on, two memories say nearly the same. */
export const NEAR_DUPLICATE_COSINE = 0.95;
/** Statements are not to grow with the text; the longest terms are mostly the rarest. */
const MOST_TERMS = 32;
/** Of the memories that hold these terms, this many are compared with it. */
const MOST_COMPARED = 10;

/**
 * Finds a current memory of the very same scope with an equal set of terms or nearly the same vector.
 * @param others ids of memories that do not count, beside its own
 */
export async function findNearDuplicate(
  store: MemoryStore,
  caller: Caller,
  memory: Memory,
  embedding: Embedding | undefined,
  others: ReadonlySet<string> = new Set(),
): Promise<NearDuplicate | undefined> {
  const view: MemoryView = {
    scope: memory.scope,
    mode: 'exact',
    now: memory.createdAt,
    includeSuperseded: false,
  };
  const counts = (id: string): boolean => id !== memory.id && !others.has(id);
  const wanted = new Set(analyse(memory.content));
  const telling = [...wanted].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).slice(0, MOST_TERMS);
  const holders = await store.withTerms(caller, view, telling, MOST_COMPARED);
  const twin = holders.find(({ id, content }) => counts(id) && hasTerms(content, wanted));
  if (twin !== undefined) return { id: twin.id, similarity: 1 };
  if (embedding === undefined) return undefined;
  const { hits } = await store.semanticHits(caller, view, embedding, 2);
  const near = hits.find((hit) => counts(hit.memory.id) && hit.score >= NEAR_DUPLICATE_COSINE);
  return near === undefined ? undefined : { id: near.memory.id, similarity: near.score };
}

function hasTerms(content: string, wanted: ReadonlySet<string>): boolean {
  const terms = new Set(analyse(content));
  return terms.size === wanted.size && [...terms].every((term) => wanted.has(term));
}
