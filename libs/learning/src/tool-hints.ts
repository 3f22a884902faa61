import { queriedFieldsOf, soughtFieldsOf } from './field-meaning.js';
import type { Evidence, ToolPattern } from './pattern.js';

/** How to compress a tool's output, from what became of earlier ones. */
export interface ToolHints {
  readonly maxItems: number;
  readonly minItems: number;
  /** What experience suggests; null while there is too little of it. */
  readonly suggestedItems: number | null;
  /** 0 keeps everything, 1 keeps the least. */
  readonly aggressiveness: number;
  /** Nothing of the output is left out; it may still be written shorter. */
  readonly skipCompression: boolean;
  /** Fields that queries are about, then those of the few rows that are asked back. Only retrievals put one here. */
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
/** Documented as the default of `max_items_after_crush`, and the aggressiveness that stands for it. */
export const DEFAULT_ITEMS = 15;
export const DEFAULT_AGGRESSIVENESS = 0.7;
/** Outputs after which half of full confidence is reached; five are enough for the threshold. */
const HALF_CONFIDENCE_OUTPUTS = 10;
/** Fewer tell nothing of a change. */
const MIN_LATEST_OUTPUTS = 2;

const HIGH_RETRIEVAL_RATE = 0.5;
const MEDIUM_RETRIEVAL_RATE = 0.2;
/** Models that nearly always want the whole are served best by leaving it whole. */
const WANTS_ALL_RATE = 0.8;
/** So many outputs must have passed unasked-for before fewer items are kept; below it absence proves nothing. */
const UNWANTED_OUTPUTS = 25;
const UNWANTED_RATE = 0.01;
/** And so many retrievals of other tools must show that what is missing is asked for at all. */
const ASKING_RETRIEVALS = 10;

const FEW_ITEMS = 10;
const MEDIUM_ITEMS = 30;
const HIGH_ITEMS = 50;

const COLD_START: Omit<ToolHints, 'reason' | 'confidence'> = {
  maxItems: DEFAULT_ITEMS,
  minItems: 3,
  suggestedItems: null,
  aggressiveness: DEFAULT_AGGRESSIVENESS,
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

/** Retrievals per output, 0–1, over about the last fifty outputs. */
export function recentRetrievalRate({ lately }: ToolPattern): number {
  return share(lately.retrievals, lately.outputs);
}

/** Grows with the outputs seen lately, from 0 towards 1; falls while the latest are used unlike those before. */
export function confidenceOf(pattern: ToolPattern | null): number {
  if (pattern === null) return 0;
  const { lately, latest } = pattern;
  const seen = lately.outputs / (lately.outputs + HALF_CONFIDENCE_OUTPUTS);
  const isTelling = latest.outputs >= MIN_LATEST_OUTPUTS;
  return isTelling ? seen * (1 - Math.abs(rateOf(latest) - rateOf(lately))) : seen;
}

/**
 * What is retrieved often is compressed less, and what never is, where others are, more; without enough experience the
 * defaults stand. `askedElsewhere` counts the retrievals of all tools lately.
 */
export function hintsFor(pattern: ToolPattern | null, askedElsewhere = 0): ToolHints {
  const confidence = confidenceOf(pattern);
  if (pattern === null || confidence < CONFIDENCE_THRESHOLD) {
    const seen = pattern?.compressions ?? 0;
    return {
      ...COLD_START,
      confidence,
      reason: `Too little experience yet (${seen} compressions): defaults.`,
    };
  }
  const { lately } = pattern;
  const rate = rateOf(lately);
  const wholeRate = share(lately.fullRetrievals, lately.retrievals);
  const rates = `${percent(rate)} of its outputs are retrieved, ${percent(wholeRate)} of them whole`;
  const learned = (items: number, changes: Partial<ToolHints>, reason: string): ToolHints => ({
    ...COLD_START,
    maxItems: items,
    suggestedItems: items,
    preserveFields: [...new Set([...queriedFieldsOf(pattern), ...soughtFieldsOf(pattern)])],
    ...changes,
    confidence,
    reason: `${rates}: ${reason}`,
  });
  if (rate > HIGH_RETRIEVAL_RATE && wholeRate > WANTS_ALL_RATE)
    return learned(HIGH_ITEMS, { skipCompression: true, aggressiveness: 0 }, 'left whole.');
  if (rate > HIGH_RETRIEVAL_RATE)
    return learned(HIGH_ITEMS, { aggressiveness: 0.3 }, 'many more items are kept.');
  if (rate > MEDIUM_RETRIEVAL_RATE)
    return learned(MEDIUM_ITEMS, { aggressiveness: 0.5 }, 'more items are kept.');
  if (isUnwanted(lately, rate, askedElsewhere))
    return learned(FEW_ITEMS, { aggressiveness: 0.85 }, 'fewer items are kept.');
  return learned(DEFAULT_ITEMS, {}, 'the defaults serve well.');
}

function isUnwanted({ outputs }: Evidence, rate: number, askedElsewhere: number): boolean {
  return outputs >= UNWANTED_OUTPUTS && rate < UNWANTED_RATE && askedElsewhere >= ASKING_RETRIEVALS;
}

function rateOf({ retrievals, outputs }: Evidence): number {
  return share(retrievals, outputs);
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, part / whole) : 0;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)}%`;
}
