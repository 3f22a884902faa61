/** How much each factor counts in a message's importance. */
export interface ScoringWeights {
  readonly recency: number;
  readonly semanticSimilarity: number;
  readonly toinImportance: number;
  readonly errorIndicator: number;
  readonly forwardReference: number;
  readonly tokenDensity: number;
}

/** The documented defaults. */
export const DEFAULT_WEIGHTS: ScoringWeights = {
  recency: 0.2,
  semanticSimilarity: 0.2,
  toinImportance: 0.25,
  errorIndicator: 0.15,
  forwardReference: 0.15,
  tokenDensity: 0.05,
};

export const FACTORS = Object.keys(DEFAULT_WEIGHTS) as readonly (keyof ScoringWeights)[];

/**
 * Weights that add up to 1. Factors that are left out weigh nothing; where none is named the defaults hold.
 * @returns undefined when every named weight is 0: nothing can be told by such a sum.
 */
export function normalisedWeights(given: Partial<ScoringWeights> = {}): ScoringWeights | undefined {
  const named = FACTORS.filter((factor) => given[factor] !== undefined);
  const weights = named.length === 0 ? DEFAULT_WEIGHTS : given;
  // Scaled down first, so that the sum of huge weights stays finite.
  const largest = Math.max(...FACTORS.map((factor) => weights[factor] ?? 0));
  if (!(largest > 0)) return undefined;
  const scaled = FACTORS.map((factor) => (weights[factor] ?? 0) / largest);
  const sum = scaled.reduce((total, weight) => total + weight, 0);
  const entries = FACTORS.map((factor, i) => [factor, (scaled[i] ?? 0) / sum] as const);
  return Object.fromEntries(entries) as unknown as ScoringWeights;
}
