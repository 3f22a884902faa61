import type { SearchHit } from '../contract.js';

export interface Packed<Hit> {
  readonly hits: readonly Hit[];
  readonly tokens: number;
  readonly leftOut: readonly Hit[];
}

/** Takes hits best first while their contents fit the budget; one that does not fit makes way for smaller ones. */
export function packHits<Hit extends SearchHit>(
  hits: readonly Hit[],
  budget: number,
  countText: (text: string) => number,
): Packed<Hit> {
  const taken: Hit[] = [];
  const leftOut: Hit[] = [];
  let tokens = 0;
  for (const hit of hits) {
    const cost = countText(hit.memory.content);
    if (tokens + cost > budget) {
      leftOut.push(hit);
    } else {
      taken.push(hit);
      tokens += cost;
    }
  }
  return { hits: taken, tokens, leftOut };
}
