import type { MemoryTraits } from './traits.js';

/** A memory's traits with its number, which grows with recording, and its length in terms. */
export interface OutlineRow extends MemoryTraits {
  readonly seq: number;
  readonly length: number;
}

const NOBODY = -1;

/**
 * How a user's memories lie beside each other: episodes, and within each the order of its memories. Memories are
 * named by their place here, `0 … size − 1`, in the order of their numbers. Kept in columns: a user may have a million.
 */
export class Outline {
  /** Ascending. */
  readonly seq: Float64Array;
  readonly length: Int32Array;
  readonly topic: Float64Array;
  readonly asked: Float32Array;
  readonly toldAt: Float64Array;
  /** Places of the neighbours within the episode, -1 for none. */
  readonly previous: Int32Array;
  readonly next: Int32Array;
  /** Each memory's episode, `0 … episodes − 1`; what stands alone is an episode of its own. */
  readonly episode: Int32Array;
  /** Terms of all memories of an episode. */
  readonly episodeLength: Float64Array;

  /** @param rows in any order; no number twice. */
  constructor(rows: readonly OutlineRow[]) {
    const sorted = [...rows].sort((a, b) => a.seq - b.seq);
    this.seq = Float64Array.from(sorted, (row) => row.seq);
    this.length = Int32Array.from(sorted, (row) => row.length);
    this.topic = Float64Array.from(sorted, (row) => row.topic);
    this.asked = Float32Array.from(sorted, (row) => row.asked);
    this.toldAt = Float64Array.from(sorted, (row) => row.toldAt);
    this.previous = new Int32Array(sorted.length).fill(NOBODY);
    this.next = new Int32Array(sorted.length).fill(NOBODY);
    this.episode = new Int32Array(sorted.length);
    const members = membersOf(sorted);
    this.episodeLength = new Float64Array(members.length);
    members.forEach((places, episode) => {
      this.#join(places, episode);
    });
  }

  get size(): number {
    return this.seq.length;
  }

  /** The place of a number, -1 where it is not in the outline. */
  placeOf(seq: number): number {
    let [from, to] = [0, this.seq.length - 1];
    while (from <= to) {
      const middle = (from + to) >> 1;
      const found = this.seq[middle] ?? 0;
      if (found === seq) return middle;
      if (found < seq) from = middle + 1;
      else to = middle - 1;
    }
    return NOBODY;
  }

  #join(places: readonly number[], episode: number): void {
    let before = NOBODY;
    let length = 0;
    for (const place of places) {
      this.episode[place] = episode;
      length += this.length[place] ?? 0;
      this.previous[place] = before;
      if (before !== NOBODY) this.next[before] = place;
      before = place;
    }
    this.episodeLength[episode] = length;
  }
}

/** The places of each episode, by position; what has none comes after what has one, in the order of recording. */
function membersOf(rows: readonly OutlineRow[]): readonly (readonly number[])[] {
  const members: number[][] = [];
  const known = new Map<number, number[]>();
  rows.forEach(({ episode }, place) => {
    const others = episode === 0 ? undefined : known.get(episode);
    if (others !== undefined) {
      others.push(place);
      return;
    }
    const places = [place];
    members.push(places);
    if (episode !== 0) known.set(episode, places);
  });
  const rank = (place: number): number => {
    const position = rows[place]?.position ?? NOBODY;
    return position < 0 ? Number.MAX_SAFE_INTEGER : position;
  };
  for (const places of members) if (places.length > 1) places.sort((a, b) => rank(a) - rank(b) || a - b);
  return members;
}
