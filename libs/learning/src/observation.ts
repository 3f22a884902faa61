import type { FieldTraits } from './structure/field-traits.js';
import type { PatternKey } from './pattern.js';

/**
 * Something was left out, which may be asked back; or nothing was, as it was small enough without. What hints changed
 * proves nothing anew: that it is no longer asked back is their doing, so what they rest on only grows old by it, until
 * an output is compressed without them again.
 */
export type OutputOutcome = 'shortened' | 'lossless' | 'by_hints';

/** An output as compression met it. */
export interface OutputObservation extends PatternKey {
  readonly type: 'output';
  readonly kind: string;
  /** Of the content; the same output met again teaches nothing new. */
  readonly hash: string;
  readonly fields: readonly FieldTraits[];
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly itemsBefore: number;
  readonly itemsAfter: number;
  readonly outcome: OutputOutcome;
}

/** A retrieval of what was taken out of an output. */
export interface RetrievalObservation extends PatternKey {
  readonly type: 'retrieval';
  readonly retrievalType: 'full' | 'search';
  readonly itemsRetrieved: number;
  readonly queried: readonly string[];
  readonly exceptional: readonly string[];
}

export type Observation = OutputObservation | RetrievalObservation;
