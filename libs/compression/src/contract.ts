import type { Message } from '#libs/kernel';
import type { Original } from '#libs/ccr';
import type { LearnedSnapshot, OutputObservation } from '#libs/learning';
import type { CompressionSettings } from './compression-config.js';
import type { Pins } from './session/session-pins.js';
import type { WasteSignals } from './waste/waste-signals.js';

/** What to compress. Only data: it crosses into a worker thread. */
export interface CompressionRequest {
  readonly messages: readonly Message[];
  readonly model?: string | undefined;
  readonly config?: CompressionSettings | undefined;
  /** The user to whom stored originals belong. */
  readonly userId?: string | undefined;
  /** What the session was given before; with it the outcome tells what is new. */
  readonly pins?: Pins | undefined;
  /** What was given for messages before, by index, null where one was given as it was: it is given again. */
  readonly given?: GivenMessages | undefined;
  /** What was learned of such outputs before; it holds for texts that the pins do not name. */
  readonly learned?: LearnedSnapshot | undefined;
}

export type GivenMessages = Readonly<Record<number, Message | null>>;

/** Why a message is as it is in the result. */
export type CompressionReason =
  | 'compressed'
  | 'below_min_tokens'
  | 'protected_recent'
  | 'protected_role'
  | 'protected_frozen'
  | 'protected_tool'
  | 'protected_analysis'
  | 'preserved_detail'
  | 'expanded'
  | 'already_compressed'
  | 'pinned'
  | 'disabled'
  | 'tool_missing'
  | 'not_compressible'
  | 'not_smaller'
  | 'passthrough_mode'
  | 'deadline'
  | 'failed';

export interface MessageReport {
  readonly index: number;
  readonly reason: CompressionReason;
  /** The content type the router found, such as `json` or `log`, and what it was found by. */
  readonly contentType?: string | undefined;
  readonly contentReason?: string | undefined;
  readonly transforms: readonly string[];
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  /** Earlier messages that its references name: without them it says less. */
  readonly refersTo?: readonly number[] | undefined;
}

/** The outcome of the pure pipeline: the same request gives the same outcome, in any process, at any time. */
export interface CompressionOutcome {
  readonly messages: readonly Message[];
  /** True per index where the message differs from the one given; untouched messages are the same object. */
  readonly changed: readonly boolean[];
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  /** The tokens are guessed from lengths: counting was given up together with the compression. */
  readonly isEstimated?: true | undefined;
  /** Distinct transforms in order of first use, such as `cache_aligner` or `router:smart_crusher:0.12`. */
  readonly transforms: readonly string[];
  /** Transform name → how many messages it changed. */
  readonly transformsSummary: Readonly<Record<string, number>>;
  /** To be stored before the messages are given to anybody. */
  readonly originals: readonly Original[];
  /** What can be learned of the tool outputs that were not given before. */
  readonly observations: readonly OutputObservation[];
  /** What of the messages that were not given before is waste. */
  readonly waste: WasteSignals;
  readonly reports: readonly MessageReport[];
  /** The number of the snapshot of what was learned that was gone by; 0 where nothing was. */
  readonly learnedSnapshot: number;
  /** What was decided on texts that the session was not given before; undefined for a request without pins. */
  readonly newPins?: Pins | undefined;
}
