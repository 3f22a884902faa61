import type { Outline } from './outline.js';
import { isToldOf, type Period } from './periods.js';
import type { TermPostings } from './postings.js';
import { Ranking } from './ranking.js';
import { giveBackScratch, takeScratch, type Scratch } from './scratch.js';
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
const TO_EARLIER = { nearest: 0.7, second: 0.4 };
const TO_LATER = { nearest: 0.6, second: 0.4 };
/** What comes next after a memory that asks is its answer: so much more of it, by the share that asks. */
const ANSWER_WEIGHT = 0.6;
/** The share of it for a memory that has the term itself: there the neighbour only confirms it. */
const CONFIRMATION = 0.3;
const EPISODE_WEIGHT = 1;
/** A memory that begins with a word of the question is about it: "Ada moved …" for "Where did Ada move?". */
const TOPIC_FACTOR = 1.25;
/** What a memory asks is not what it tells; but one that is longer than a question, in terms, tells as well. */
const ASKING_DISCOUNT = 0.25;
const QUESTION_LENGTH = 10;
const PERIOD_FACTOR = 3;

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
  sums.end();
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
  readonly #scratch: Scratch;
  readonly #matchedEpisodes: number[] = [];
  readonly #averageLength: number;
  readonly #averageEpisode: number;

  constructor(outline: Outline) {
    this.#outline = outline;
    const { size, terms, episodeLength } = outline;
    this.#scratch = takeScratch(size);
    this.#averageLength = Math.max(terms / Math.max(size, 1), 1);
    this.#averageEpisode = Math.max(terms / Math.max(episodeLength.length, 1), 1);
  }

  add({ places, frequencies }: TermPostings): void {
    const { size, length, previous, next, asked } = this.#outline;
    this.#addEpisodes(places, frequencies);
    const weight = inverseFrequency(size, places.length);
    this.full += weight;
    const beside: number[] = [];
    for (let i = 0; i < places.length; i++) {
      const place = at(places, i);
      const value = weight * saturation(MEMORY, at(frequencies, i), at(length, place) / this.#averageLength);
      this.#scratch.own[place] = value;
      const answer = TO_LATER.nearest + ANSWER_WEIGHT * at(asked, place);
      this.#spread(previous, place, value * TO_EARLIER.nearest, value * TO_EARLIER.second, beside);
      this.#spread(next, place, value * answer, value * TO_LATER.second, beside);
    }
    for (const place of places) this.#settle(place);
    for (const place of beside) this.#settle(place);
  }

  /** What the memory at a place is worth by itself and with its episode. */
  of(place: number): number {
    const { memories, episodes } = this.#scratch;
    return at(memories, place) + EPISODE_WEIGHT * at(episodes, at(this.#outline.episode, place));
  }

  /** Afterwards nothing can be asked or added any more. */
  end(): void {
    for (const place of this.matched) this.#scratch.memories[place] = 0;
    for (const episode of this.#matchedEpisodes) this.#scratch.episodes[episode] = 0;
    giveBackScratch(this.#scratch);
  }

  #spread(towards: Int32Array, place: number, nearest: number, second: number, beside: number[]): void {
    const neighbour = towards[place] ?? -1;
    if (neighbour < 0) return;
    this.#lift(neighbour, nearest, beside);
    const further = towards[neighbour] ?? -1;
    if (further >= 0) this.#lift(further, second, beside);
  }

  #lift(place: number, worth: number, beside: number[]): void {
    const { around } = this.#scratch;
    around[place] = Math.max(at(around, place), worth);
    beside.push(place);
  }

  /** Counts what a term is worth to a memory, once: what was counted is forgotten. */
  #settle(place: number): void {
    const { own, around, memories } = this.#scratch;
    const itself = at(own, place);
    const beside = at(around, place) * (itself > 0 ? CONFIRMATION : 1);
    const before = at(memories, place);
    if (before === 0 && itself + beside > 0) this.matched.push(place);
    memories[place] = before + itself + beside;
    own[place] = 0;
    around[place] = 0;
  }

  #addEpisodes(places: Int32Array, counts: Int32Array): void {
    const { episode, episodeLength } = this.#outline;
    const { episodes, episodeFrequencies: frequencies } = this.#scratch;
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
      const before = at(episodes, one);
      if (before === 0) this.#matchedEpisodes.push(one);
      episodes[one] = before + weight * saturation(EPISODE, at(frequencies, one), relative);
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
