import type { DetectedContent } from '../content-kind.js';
import type { Sample } from '../sample.js';

/** Looks for one family of content by its structure; of all that find something the most confident is believed. */
export type Detector = (sample: Sample) => DetectedContent | undefined;

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** A share of lines as a confidence: `enough` of them give 0.9, all of them 1, fewer less in proportion. */
export function confidenceOf(share: number, enough: number): number {
  if (share >= enough) return enough >= 1 ? 0.9 : 0.9 + (0.1 * (share - enough)) / (1 - enough);
  return (0.9 * share) / enough;
}
