import { joined } from './joined.js';
import type { Outline } from './outline.js';

/** Where one term stands: the places of the memories in their outline, ascending, and how often in each. */
export interface TermPostings {
  readonly places: Int32Array;
  readonly frequencies: Int32Array;
}

/**
 * The postings of memories by their numbers; a number that the outline does not know is left out.
 * @param seqs in any order.
 */
export function postingsAt(
  outline: Outline,
  seqs: readonly number[],
  frequencies: readonly number[],
): TermPostings {
  const known = seqs
    .map((seq, i) => ({ place: outline.placeOf(seq), frequency: frequencies[i] ?? 1 }))
    .filter(({ place }) => place >= 0)
    .sort((a, b) => a.place - b.place);
  return {
    places: Int32Array.from(known, ({ place }) => place),
    frequencies: Int32Array.from(known, ({ frequency }) => frequency),
  };
}

/** The postings of a term, and of later memories. */
export function joinPostings(one: TermPostings, later: TermPostings): TermPostings {
  if (later.places.length === 0) return one;
  return {
    places: joined(one.places, later.places),
    frequencies: joined(one.frequencies, later.frequencies),
  };
}

/** Without places that an outline does not have, which come last. */
export function postingsWithin({ size }: Outline, postings: TermPostings): TermPostings {
  const { places, frequencies } = postings;
  if ((places.at(-1) ?? 0) < size) return postings;
  const known = places.findIndex((place) => place >= size);
  return { places: places.subarray(0, known), frequencies: frequencies.subarray(0, known) };
}
