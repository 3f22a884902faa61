import {
  type ArmHits,
  type Embedding,
  judge,
  type KeywordHits,
  type KeywordQuery,
  type Memory,
  type MemoryView,
} from '#libs/memory';
import type { Kept } from './kept-memory.js';
import { scoresByTerms } from './memory-keywords.js';
import { inView, passes } from './memory-view.js';

/** All memories of the user count for how rare a term is, seen or not. */
export function searchByTerms(
  all: readonly Kept[],
  view: MemoryView,
  query: KeywordQuery,
  limit: number,
): KeywordHits {
  const theirs = all.filter(({ memory }) => memory.scope.userId === view.scope.userId);
  const { scores, full } = scoresByTerms(theirs, query);
  const matching = theirs
    .map(({ memory }, i) => ({ memory, score: scores[i] ?? 0 }))
    .filter(({ score }) => score > 0);
  return { ...rank(matching, view, limit), full };
}

/** Newest first. */
export function withAllTerms(
  all: readonly Kept[],
  view: MemoryView,
  terms: readonly string[],
  limit: number,
): readonly Memory[] {
  if (terms.length === 0) return [];
  return inView(all, view)
    .filter((kept) => terms.every((term) => kept.terms.includes(term)))
    .map(({ memory }) => memory)
    .reverse()
    .slice(0, limit);
}

export function nearest(all: readonly Kept[], view: MemoryView, query: Embedding, limit: number): ArmHits {
  const near = all.flatMap(({ memory, vectors }) => {
    const vector = vectors.get(query.model);
    return vector === undefined ? [] : [{ memory, score: cosine(vector, query.vector) }];
  });
  return rank(near, view, limit);
}

function rank(
  scored: readonly { readonly memory: Memory; readonly score: number }[],
  view: MemoryView,
  limit: number,
): ArmHits {
  const asked = scored.filter(({ memory }) => passes(memory, view));
  const hits = asked
    .filter(({ memory }) => judge(memory, view) === 'seen')
    .sort((a, b) => b.score - a.score || (a.memory.id < b.memory.id ? -1 : 1))
    .slice(0, limit);
  const bar = hits.length < limit ? Number.NEGATIVE_INFINITY : (hits.at(-1)?.score ?? 0);
  const judged = (verdict: 'superseded' | 'expired') =>
    asked
      .filter(({ memory, score }) => score >= bar && judge(memory, view) === verdict)
      .sort((a, b) => b.score - a.score)
      .map(({ memory, score }) => ({ id: memory.id, score }))
      .slice(0, limit);
  return { hits, suppressed: { superseded: judged('superseded'), expired: judged('expired') } };
}

/** Of vectors of length 1, as embedders give them. */
function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
