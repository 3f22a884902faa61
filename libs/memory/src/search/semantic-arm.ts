import type { Caller } from '#libs/kernel';
import type { ArmHit, ArmHits, Embedding, MemoryStore, MemoryView } from '../ports/memory-store.js';

/** Below this cosine a vector says nothing about the query; every memory is near to it by some amount. */
const MIN_COSINE = 0.2;

/**
 * The memories nearest to the query. During a change of model each memory has a vector of one of the models; cosines
 * of different models do not compare, so their lists are merged by rank, the present model's hit first, and every list
 * is measured by its best hit.
 * @param embeddings the query by each model, at least one.
 */
export async function askByMeaning(
  store: MemoryStore,
  caller: Caller,
  view: MemoryView,
  embeddings: readonly Embedding[],
  limit: number,
): Promise<ArmHits> {
  const answers = await Promise.all(
    embeddings.map((embedding) => store.semanticHits(caller, view, embedding, limit)),
  );
  const near = answers.map(({ hits }) => hits.filter(isNear));
  const suppressed = (kind: keyof ArmHits['suppressed']) => [
    ...new Map(
      answers.flatMap((answer) => answer.suppressed[kind].filter(isNear).map((hit) => [hit.id, hit])),
    ).values(),
  ];
  return {
    hits: mergeByRank(inOneMeasure(near)).slice(0, limit),
    suppressed: { superseded: suppressed('superseded'), expired: suppressed('expired') },
  };
}

function isNear({ score }: { readonly score: number }): boolean {
  return score >= MIN_COSINE;
}

/** Scores of all lists as if each began with the best of the first one; cosines of one model stay as they are. */
function inOneMeasure(lists: readonly (readonly ArmHit[])[]): readonly (readonly ArmHit[])[] {
  const best = lists.find((list) => list.length > 0)?.[0]?.score ?? 1;
  return lists.map((list) => {
    const share = best / (list[0]?.score ?? best);
    return share === 1 ? list : list.map((hit) => ({ ...hit, score: hit.score * share }));
  });
}

/** The first of each list, then the second of each; a memory that was re-embedded in between comes once. */
export function mergeByRank(lists: readonly (readonly ArmHit[])[]): readonly ArmHit[] {
  const merged = new Map<string, ArmHit>();
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let rank = 0; rank < longest; rank++) {
    for (const list of lists) {
      const hit = list[rank];
      if (hit !== undefined && !merged.has(hit.memory.id)) merged.set(hit.memory.id, hit);
    }
  }
  return [...merged.values()];
}
