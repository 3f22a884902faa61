import type { Outline } from './outline.js';
import { isToldOf, type Period } from './periods.js';
import type { TermPostings } from './postings.js';
import { Ranking } from './ranking.js';
import { termNumber } from './traits.js';

/** What the keyword arm is asked: analysed terms, and the dates that the question names. */
export interface KeywordQuery {
  readonly terms: readonly string[];
  readonly periods: readonly Period[];
}

/**
 * BM25's saturation and length normalisation (Robertson & Zaragoza 2009). Memories are sentences, whose length says
 * little, so it counts less than the usual 0.75 among them, and as usual among episodes.
 */
const MEMORY = { k1: 0.9, b: 0.4 };
const EPISODE = { k1: 1.5, b: 0.75 };

/** What a term in the memory beside, and in the one after that, is worth to a memory that lacks it. */
const NEIGHBOUR_WEIGHTS = [0.7, 0.4] as const;
/** The share of it for a memory that has the term itself: there the neighbour only confirms it. */
const CONFIRMATION = 0.3;
const EPISODE_WEIGHT = 1;
/** A memory that begins with a word of the question is about it: "Ada moved …" for "Where did Ada move?". */
const TOPIC_FACTOR = 1.25;
/** What a memory asks is not what it tells; but one that is longer than a question, in terms, tells as well. */
const ASKING_DISCOUNT = 0.25;
const QUESTION_LENGTH = 10;
const PERIOD_FACTOR = 1.5;

/**
 * Ranks a user's memories by the terms of a question. A memory is matched by its own terms, by those of its
 * neighbours in the conversation it comes from (an answer seldom repeats the words of its question), and by those of
 * the whole episode; a term counts the more, the fewer memories hold it.
 */
export function rankByTerms(
  outline: Outline,
  postings: readonly TermPostings[],
  query: KeywordQuery,
): Ranking {
  const sums = new TermSums(outline);
  for (const term of postings) sums.add(term);
  const topics = new Set(query.terms.map(termNumber));
  const { matched } = sums;
  const seqs = new Float64Array(matched.length);
  const scores = new Float64Array(matched.length);
  // Not `from`, whose iterators take longer than all the rest.
  for (let i = 0; i < matched.length; i++) {
    const place = matched[i] ?? 0;
    seqs[i] = at(outline.seq, place);
    scores[i] = sums.of(place) * factorOf(outline, place, topics, query.periods);
  }
  return new Ranking(seqs, scores, sums.full);
}

function factorOf(
  { topic, asked, length, toldAt }: Outline,
  place: number,
  topics: ReadonlySet<number>,
  periods: readonly Period[],
): number {
  const isQuestion = at(asked, place) * Math.min(1, QUESTION_LENGTH / Math.max(at(length, place), 1));
  const told = 1 - ASKING_DISCOUNT * isQuestion;
  const isOfPeriod = periods.length > 0 && periods.some((period) => isToldOf(period, at(toldAt, place)));
  return (topics.has(at(topic, place)) ? TOPIC_FACTOR : 1) * told * (isOfPeriod ? PERIOD_FACTOR : 1);
}

/** Adds up, term by term, what each memory and each episode is worth. */
class TermSums {
  /** What a memory of average length would be worth that has every term. */
  full = 0;
  /** The places of what matched, each once. */
  readonly matched: number[] = [];
  readonly #outline: Outline;
  readonly #own: Float64Array;
  readonly #around: Float64Array;
  readonly #memories: Float64Array;
  readonly #episodes: Float64Array;
  readonly #episodeFrequencies: Float64Array;
  readonly #averageLength: number;
  readonly #averageEpisode: number;

  constructor(outline: Outline) {
    this.#outline = outline;
    const { size, episodeLength } = outline;
    this.#own = new Float64Array(size);
    this.#around = new Float64Array(size);
    this.#memories = new Float64Array(size);
    this.#episodes = new Float64Array(episodeLength.length);
    this.#episodeFrequencies = new Float64Array(episodeLength.length);
    const terms = episodeLength.reduce((sum, length) => sum + length, 0);
    this.#averageLength = Math.max(terms / Math.max(size, 1), 1);
    this.#averageEpisode = Math.max(terms / Math.max(episodeLength.length, 1), 1);
  }

  add({ places, frequencies }: TermPostings): void {
    const { size, length, previous, next } = this.#outline;
    this.#addEpisodes(places, frequencies);
    const weight = inverseFrequency(size, places.length);
    this.full += weight;
    const beside: number[] = [];
    for (let i = 0; i < places.length; i++) {
      const place = at(places, i);
      const value = weight * saturation(MEMORY, at(frequencies, i), at(length, place) / this.#averageLength);
      this.#own[place] = value;
      this.#spread(place, value, previous, beside);
      this.#spread(place, value, next, beside);
    }
    for (const place of places) this.#settle(place);
    for (const place of beside) this.#settle(place);
  }

  /** What the memory at a place is worth by itself and with its episode. */
  of(place: number): number {
    return at(this.#memories, place) + EPISODE_WEIGHT * at(this.#episodes, at(this.#outline.episode, place));
  }

  #spread(place: number, value: number, towards: Int32Array, beside: number[]): void {
    let neighbour = towards[place] ?? -1;
    for (const weight of NEIGHBOUR_WEIGHTS) {
      if (neighbour < 0) return;
      this.#around[neighbour] = Math.max(at(this.#around, neighbour), weight * value);
      beside.push(neighbour);
      neighbour = towards[neighbour] ?? -1;
    }
  }

  /** Counts what a term is worth to a memory, once: what was counted is forgotten. */
  #settle(place: number): void {
    const own = at(this.#own, place);
    const around = at(this.#around, place) * (own > 0 ? CONFIRMATION : 1);
    const before = at(this.#memories, place);
    if (before === 0 && own + around > 0) this.matched.push(place);
    this.#memories[place] = before + own + around;
    this.#own[place] = 0;
    this.#around[place] = 0;
  }

  #addEpisodes(places: Int32Array, counts: Int32Array): void {
    const { episode, episodeLength } = this.#outline;
    const frequencies = this.#episodeFrequencies;
    const met: number[] = [];
    for (let i = 0; i < places.length; i++) {
      const one = at(episode, at(places, i));
      if (at(frequencies, one) === 0) met.push(one);
      frequencies[one] = at(frequencies, one) + at(counts, i);
    }
    const weight = inverseFrequency(episodeLength.length, met.length);
    this.full += EPISODE_WEIGHT * weight;
    for (const one of met) {
      const relative = at(episodeLength, one) / this.#averageEpisode;
      this.#episodes[one] =
        at(this.#episodes, one) + weight * saturation(EPISODE, at(frequencies, one), relative);
      frequencies[one] = 0;
    }
  }
}

function saturation({ k1, b }: typeof MEMORY, frequency: number, relativeLength: number): number {
  return (frequency * (k1 + 1)) / (frequency + k1 * (1 - b + b * relativeLength));
}

/** The form of inverse document frequency that is never negative, as Lucene has it. */
function inverseFrequency(all: number, holding: number): number {
  return Math.log(1 + Math.max(all - holding + 0.5, 0.5) / (holding + 0.5));
}

/** The places above stay inside the arrays. */
function at(values: Float64Array | Float32Array | Int32Array, place: number): number {
  return values[place] as number;
}
