/**
 * The share of the wanted things among the first `k` places, 0–1. A place may hold several things: one memory can stand
 * for two turns that say the same.
 */
export function recallAt(k: number, places: readonly Place[], wanted: ReadonlySet<string>): number {
  const found = new Set(
    places
      .slice(0, k)
      .flat()
      .filter((key) => wanted.has(key)),
  );
  return found.size / wanted.size;
}

/** 1 when at least one wanted thing is among the first `k` places, otherwise 0. */
export function hitAt(k: number, places: readonly Place[], wanted: ReadonlySet<string>): number {
  return recallAt(k, places, wanted) > 0 ? 1 : 0;
}

/**
 * Normalised discounted cumulative gain with binary relevance (Järvelin and Kekäläinen 2002): 1 when the wanted things
 * take the first places. A thing that stands twice counts where it stands first.
 */
export function ndcgAt(k: number, places: readonly Place[], wanted: ReadonlySet<string>): number {
  const left = new Set(wanted);
  const gains = places.slice(0, k).map((place) => place.filter((key) => left.delete(key)).length);
  const best = [...wanted].slice(0, k).reduce((sum, _, i) => sum + discount(i), 0);
  const gained = gains.reduce((sum, gain, i) => sum + gain * discount(i), 0);
  // Two wanted things in one place gain more than the best list of single ones.
  return Math.min(1, gained / best);
}

/** The groups of the places in the order of their first place, each once. */
export function groupPlaces(places: readonly Place[], groupOf: (key: string) => string): Place[] {
  return [...new Set(places.flat().map(groupOf))].map((group) => [group]);
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** What one place of a ranking stands for. */
export type Place = readonly string[];

function discount(index: number): number {
  return 1 / Math.log2(index + 2);
}
