import type { Message } from '#libs/kernel';
import type { MessageScore } from './scoring/message-score.js';
import type { ScoringWeights } from './scoring/weights.js';

export type ContextStrategy = 'intelligent' | 'rolling_window';

export interface FitRequest {
  readonly messages: readonly Message[];
  /** Tokens of each message, index by index, where somebody counted them before; counting takes long. */
  readonly costs?: readonly number[] | undefined;
  /** The same messages before they were compressed, index by index: what is dropped is stored as it stands here. */
  readonly asSent?: readonly Message[] | undefined;
  /** Their JSON as it was sent, number literals included; without it they are written anew. */
  readonly sentTexts?: readonly string[] | undefined;
  /** Tokens that the result may cost at most, reply priming included. */
  readonly budget: number;
  readonly strategy: ContextStrategy;
  /** The last n user/assistant turns are never dropped. */
  readonly keepLastTurns: number;
  /** What importance is made of, for `intelligent`; those left out weigh nothing, none at all means the defaults. */
  readonly weights?: Partial<ScoringWeights> | undefined;
  /** What the context is wanted for; without it what the user said last. */
  readonly query?: string | undefined;
  /** Tell the scores of `intelligent` even where everything fits. */
  readonly explain?: boolean | undefined;
  /**
   * Tool results that no longer say how things are by the messages before `end`; with their calls they go before
   * anything else. Asked for only when something must go.
   */
  readonly firstToGo?: ((end: number) => ReadonlySet<number>) | undefined;
  /** Messages before this index are left as sent unless nothing else can go. */
  readonly frozenMessageCount?: number | undefined;
  /** Left out of an earlier context of the conversation: goes again before anything else does. */
  readonly droppedBefore?: ReadonlySet<number> | undefined;
  /** The user to whom stored originals belong. */
  readonly userId?: string | undefined;
}

/** A message that was left out; its original is stored under `hash`. */
export interface DroppedMessage {
  readonly index: number;
  readonly hash: string;
  /** What its dropping was decided by, 0–1: importance, or for the rolling window its recency. Low goes first. */
  readonly score: number;
}

/** `kept` and `dropped` together name every index of the request exactly once. */
export interface FitOutcome {
  /** The kept messages, and where the last of the dropped ones stood a marker that tells of all. */
  readonly messages: readonly Message[];
  readonly tokens: number;
  readonly kept: readonly number[];
  readonly dropped: readonly DroppedMessage[];
  /** The marker's hash: the JSON array of all dropped messages. */
  readonly droppedHash?: string | undefined;
  /** The strategy that was really applied. */
  readonly strategy: ContextStrategy;
  /** What each message's importance is made of; undefined where nothing was scored. */
  readonly scores?: readonly MessageScore[] | undefined;
}
