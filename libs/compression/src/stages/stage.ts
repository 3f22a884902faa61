import type { TokenCounter } from '#libs/tokens';
import type { CompressionConfig } from '../compression-config.js';
import type { CompressionReason } from '../contract.js';
import type { DetectedContent } from '../router/detect-content.js';

/** What a stage may look at beside the text. All of it is known at the turn of the text: nothing later, no clock. */
export interface StageContext {
  readonly counter: TokenCounter;
  readonly config: CompressionConfig;
  /** What the user last asked at or before the text; empty when nothing was asked. */
  readonly query: string;
  /** The address of the text as it is stored; a lossy result must name it in its marker unless markers are off. */
  readonly originalHash: string;
}

export interface StageInput {
  readonly text: string;
  readonly tokens: number;
  readonly content: DetectedContent;
}

export interface StageOutput {
  readonly text: string;
  readonly tokens: number;
  /** The name in `router:<name>:<ratio>`. */
  readonly name: string;
  readonly isLossy: boolean;
  /** Items or lines, before and after. */
  readonly itemsBefore: number;
  readonly itemsAfter: number;
}

/**
 * One way to make a kind of content smaller; the same input and context give the same output, always.
 * @returns the smaller text, or why there is none.
 */
export type Stage = (input: StageInput, context: StageContext) => StageOutput | CompressionReason;
