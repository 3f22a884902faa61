import { joined } from './joined.js';
import type { MemoryTraits } from './traits.js';

/** A memory's traits with its number, which grows with recording, and its length in terms. */
export interface OutlineRow extends MemoryTraits {
  readonly seq: number;
  readonly length: number;
}

/** One column per trait, a memory a place: a user may have a million. */
interface Columns {
  readonly seq: Float64Array;
  readonly length: Int32Array;
  readonly episode: Float64Array;
  readonly position: Float64Array;
  readonly asked: Float32Array;
  readonly topic: Float64Array;
  readonly toldAt: Float64Array;
}

const NOBODY = -1;

/**
 * How a user's memories lie beside each other: episodes, and within each the order of its memories. Memories are
 * named by their place here, `0 … size − 1`, in the order of their numbers.
 */
export class Outline {
  static readonly EMPTY = new Outline(columnsOf([]));

  readonly #columns: Columns;
  /** Places of the neighbours within the episode, -1 for none. */
  readonly previous: Int32Array;
  readonly next: Int32Array;
  /** Each memory's episode, `0 … episodes − 1`; what stands alone is an episode of its own. */
  readonly episode: Int32Array;
  /** Terms of all memories of an episode. */
  readonly episodeLength: Float64Array;
  /** Of all memories. */
  readonly terms: number;

  private constructor(columns: Columns) {
    this.#columns = columns;
    const { size } = this;
    this.previous = new Int32Array(size).fill(NOBODY);
    this.next = new Int32Array(size).fill(NOBODY);
    this.episode = new Int32Array(size);
    const members = membersOf(columns);
    this.episodeLength = new Float64Array(members.length);
    members.forEach((places, episode) => {
      this.#join(places, episode);
    });
    this.terms = this.length.reduce((sum, length) => sum + length, 0);
  }

  /** With further memories, whose numbers are higher than all so far; places stay. @param rows in any order. */
  with(rows: readonly OutlineRow[]): Outline {
    const more = columnsOf([...rows].sort((a, b) => a.seq - b.seq));
    const all = this.#columns;
    return new Outline({
      seq: joined(all.seq, more.seq),
      length: joined(all.length, more.length),
      episode: joined(all.episode, more.episode),
      position: joined(all.position, more.position),
      asked: joined(all.asked, more.asked),
      topic: joined(all.topic, more.topic),
      toldAt: joined(all.toldAt, more.toldAt),
    });
  }

  get size(): number {
    return this.seq.length;
  }

  /** Ascending. */
  get seq(): Float64Array {
    return this.#columns.seq;
  }

  get length(): Int32Array {
    return this.#columns.length;
  }

  get asked(): Float32Array {
    return this.#columns.asked;
  }

  get topic(): Float64Array {
    return this.#columns.topic;
  }

  get toldAt(): Float64Array {
    return this.#columns.toldAt;
  }

  /** The place of a number, -1 where it is not in the outline. */
  placeOf(seq: number): number {
    let [from, to] = [0, this.size - 1];
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

function columnsOf(rows: readonly OutlineRow[]): Columns {
  return {
    seq: Float64Array.from(rows, (row) => row.seq),
    length: Int32Array.from(rows, (row) => row.length),
    episode: Float64Array.from(rows, (row) => row.episode),
    position: Float64Array.from(rows, (row) => row.position),
    asked: Float32Array.from(rows, (row) => row.asked),
    topic: Float64Array.from(rows, (row) => row.topic),
    toldAt: Float64Array.from(rows, (row) => row.toldAt),
  };
}

/** The places of each episode, by position; what has none comes after what has one, in the order of recording. */
function membersOf({ episode, position }: Columns): readonly (readonly number[])[] {
  const members: number[][] = [];
  const known = new Map<number, number[]>();
  episode.forEach((name, place) => {
    const others = name === 0 ? undefined : known.get(name);
    if (others !== undefined) {
      others.push(place);
      return;
    }
    const places = [place];
    members.push(places);
    if (name !== 0) known.set(name, places);
  });
  const rank = (place: number): number => {
    const told = position[place] ?? NOBODY;
    return told < 0 ? Number.MAX_SAFE_INTEGER : told;
  };
  for (const places of members) if (places.length > 1) places.sort((a, b) => rank(a) - rank(b) || a - b);
  return members;
}
