import { seededRandom } from '../samples.js';

/** Of one page, each between 0 and 1. */
export interface PageScore {
  readonly precision: number;
  readonly recall: number;
}

export interface MeanScores extends PageScore {
  /** The harmonic mean of the two means, as the benchmark defines it. */
  readonly f1: number;
}

const WORDS_IN_SHINGLE = 4;
const RESAMPLES = 1000;

/**
 * The measure of the article-extraction benchmark (its `evaluate.py`): texts become words (`\w+`) and these all runs
 * of four, counted; a shorter text is one run. Precision and recall are the shared counts over those of either text;
 * a page where nothing was expected and nothing found is perfect.
 */
export function scorePage(found: string, expected: string): PageScore {
  const [ours, theirs] = [shingles(found), shingles(expected)];
  let shared = 0;
  for (const [shingle, count] of ours) shared += Math.min(count, theirs.get(shingle) ?? 0);
  const [all, wanted] = [total(ours), total(theirs)];
  if (all === 0 && wanted === 0) return { precision: 1, recall: 1 };
  return { precision: all === 0 ? 0 : shared / all, recall: wanted === 0 ? 0 : shared / wanted };
}

export function meanScores(scores: readonly PageScore[]): MeanScores {
  const mean = (figure: (score: PageScore) => number): number =>
    scores.reduce((sum, score) => sum + figure(score), 0) / scores.length;
  const precision = mean((score) => score.precision);
  const recall = mean((score) => score.recall);
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}

/** 1.96 standard deviations of F1 over resampled sets of pages; the resampling is the same every time. */
export function bootstrapSpread(scores: readonly PageScore[]): number {
  const next = seededRandom(1);
  const values = Array.from({ length: RESAMPLES }, () => {
    const sample = scores.map(() => scores[Math.floor(next() * scores.length)]);
    return meanScores(sample.filter((score) => score !== undefined)).f1;
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return 1.96 * Math.sqrt(variance);
}

function shingles(text: string): Map<string, number> {
  const words = text.match(/[\p{L}\p{N}_]+/gu) ?? [];
  const counts = new Map<string, number>();
  for (let i = 0; i < Math.max(1, words.length - WORDS_IN_SHINGLE + 1); i++) {
    const shingle = words.slice(i, i + WORDS_IN_SHINGLE).join(' ');
    if (shingle !== '') counts.set(shingle, (counts.get(shingle) ?? 0) + 1);
  }
  return counts;
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
