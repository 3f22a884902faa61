import type { TokenCounter } from '#libs/tokens';
import type { CompressionConfig } from '../compression-config.js';
import type { CompressionReason } from '../contract.js';
import type { DetectedContent } from '../router/detect-content.js';
import type { CompressionTools } from '../tools.js';

/** What a stage may look at beside the text. All of it is known at the turn of the text: nothing later, no clock. */
export interface StageContext {
  readonly counter: TokenCounter;
  readonly config: CompressionConfig;
  readonly tools: CompressionTools;
  /** What the user last asked at or before the text; empty when nothing was asked. */
  readonly query: string;
  /** The address of the text as it is stored; a lossy result must name it in its marker unless markers are off. */
  readonly originalHash: string;
  /** True once the request's deadline has passed or its caller has gone: give up with the reason `deadline`. */
  readonly isLate: () => boolean;
  /** Sends a part of the text through the router as if it stood alone; nested at most a few levels deep. */
  readonly route: (part: string, context: StageContext) => Promise<StageResult>;
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

export type StageResult = StageOutput | CompressionReason;

/**
 * One way to make a kind of content smaller; the same input and context give the same output, always.
 * @returns the smaller text, or why there is none.
 */
export type Stage = (input: StageInput, context: StageContext) => StageResult | Promise<StageResult>;
