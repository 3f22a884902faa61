import type { ScoringWeights } from './weights.js';

/** A message's importance and the factors that it is the weighted sum of, all 0–1. */
export interface MessageScore extends Readonly<Record<keyof ScoringWeights, number>> {
  readonly index: number;
  readonly total: number;
}
