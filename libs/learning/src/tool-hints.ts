import type { ToolPattern } from './pattern-store.js';

/** How to compress a tool's output, from what became of earlier ones. */
export interface ToolHints {
  readonly maxItems: number;
  readonly minItems: number;
  /** What experience suggests; null while there is too little of it. */
  readonly suggestedItems: number | null;
  /** 0 keeps everything, 1 keeps the least. */
  readonly aggressiveness: number;
  readonly skipCompression: boolean;
  readonly preserveFields: readonly string[];
  /** For people. */
  readonly reason: string;
  /** 0–1; hints count from {@link CONFIDENCE_THRESHOLD} on. */
  readonly confidence: number;
}

/** A tool's pattern as rates, each 0–1. */
export interface PatternRates {
  readonly totalCompressions: number;
  readonly totalRetrievals: number;
  /** Retrievals per compression. */
  readonly retrievalRate: number;
  /** Of the retrievals, those of the whole original and those by query. */
  readonly fullRetrievalRate: number;
  readonly searchRate: number;
}

/** Documented as `toin_confidence_threshold`. */
export const CONFIDENCE_THRESHOLD = 0.3;
/** Compressions after which half of full confidence is reached; five are enough for the threshold. */
const HALF_CONFIDENCE_COMPRESSIONS = 10;

const HIGH_RETRIEVAL_RATE = 0.5;
const MEDIUM_RETRIEVAL_RATE = 0.2;
/** Models that nearly always want the whole are served best by leaving it whole. */
const WANTS_ALL_RATE = 0.8;

const DEFAULT_ITEMS = 15;
const MEDIUM_ITEMS = 30;
const HIGH_ITEMS = 50;

const COLD_START: Omit<ToolHints, 'reason' | 'confidence'> = {
  maxItems: DEFAULT_ITEMS,
  minItems: 3,
  suggestedItems: null,
  aggressiveness: 0.7,
  skipCompression: false,
  preserveFields: [],
};

export function ratesOf(pattern: ToolPattern): PatternRates {
  const { compressions, retrievals, fullRetrievals } = pattern;
  const fullRetrievalRate = share(fullRetrievals, retrievals);
  return {
    totalCompressions: compressions,
    totalRetrievals: retrievals,
    retrievalRate: share(retrievals, compressions),
    fullRetrievalRate,
    searchRate: retrievals > 0 ? 1 - fullRetrievalRate : 0,
  };
}

/** Grows with the compressions seen, from 0 towards 1. */
export function confidenceOf(pattern: ToolPattern | null): number {
  const seen = pattern?.compressions ?? 0;
  return seen / (seen + HALF_CONFIDENCE_COMPRESSIONS);
}

/** What is retrieved often is compressed less; without enough experience the defaults stand. */
export function hintsFor(pattern: ToolPattern | null): ToolHints {
  const confidence = confidenceOf(pattern);
  if (pattern === null || confidence < CONFIDENCE_THRESHOLD) {
    const seen = pattern?.compressions ?? 0;
    return {
      ...COLD_START,
      confidence,
      reason: `Too little experience yet (${seen} compressions): defaults.`,
    };
  }
  const { retrievalRate, fullRetrievalRate } = ratesOf(pattern);
  const rates = `${percent(retrievalRate)} of its outputs are retrieved, ${percent(fullRetrievalRate)} of them whole`;
  if (retrievalRate > HIGH_RETRIEVAL_RATE && fullRetrievalRate > WANTS_ALL_RATE) {
    return learned(
      { skipCompression: true, aggressiveness: 0 },
      HIGH_ITEMS,
      confidence,
      `${rates}: left whole.`,
    );
  }
  if (retrievalRate > HIGH_RETRIEVAL_RATE) {
    return learned({ aggressiveness: 0.3 }, HIGH_ITEMS, confidence, `${rates}: many more items are kept.`);
  }
  if (retrievalRate > MEDIUM_RETRIEVAL_RATE) {
    return learned({ aggressiveness: 0.5 }, MEDIUM_ITEMS, confidence, `${rates}: more items are kept.`);
  }
  return learned({}, DEFAULT_ITEMS, confidence, `${rates}: the defaults serve well.`);
}

function learned(changes: Partial<ToolHints>, items: number, confidence: number, reason: string): ToolHints {
  return { ...COLD_START, maxItems: items, suggestedItems: items, ...changes, confidence, reason };
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, part / whole) : 0;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)}%`;
}
