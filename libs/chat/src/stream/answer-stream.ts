import type { AnswerCall, ProviderUsage } from '../called-tool.js';
import type { SseEvent } from './sse-splitter.js';

/** Takes memory blocks out of a text that arrives in pieces. */
export interface TextStripper {
  /** @returns what may be shown of all that has come so far and was not shown yet. */
  push(piece: string): string;
  /** @returns the rest that may be shown. */
  end(): string;
  /** The blocks found so far. */
  readonly blocks: readonly string[];
}

export interface AnswerStreamOptions {
  /** One per alternative answer; undefined when texts pass as they are. */
  readonly createStripper?: (() => TextStripper) | undefined;
  /** Tools whose calls are answered here and hidden from the client. */
  readonly ourNames: readonly string[];
  /** False when calls of ours cannot be answered, since there are several answers: they are then only hidden. */
  readonly answersCalls: boolean;
  /** False when the model will not be called again, whatever it calls. */
  readonly mayGoOn: boolean;
  /** What the rounds before this one used, to be added to what this one reports. */
  readonly usageBefore?: ProviderUsage | undefined;
  /** The id that the first round's pieces carried; undefined in the first round. */
  readonly continuesId?: string | undefined;
}

/** What one round of streaming came to. */
export interface StreamRound {
  /** Every call of the answer, in the model's order; none where there are several answers. */
  readonly calls: readonly AnswerCall[];
  /** The model calls our tools alone: the round is to be answered and the model called again. */
  readonly goesOn: boolean;
  /** JSON text of the model's message, for the next round. */
  readonly assistantText: string;
  /** The inner texts of the memory blocks, of all alternative answers. */
  readonly blocks: readonly string[];
  readonly usage: ProviderUsage | undefined;
  readonly id: string | undefined;
  /** The provider reported an error of its own inside the stream. */
  readonly failed: boolean;
  /** The answer is whole: the stream may end here. */
  readonly complete: boolean;
  /** The provider said that nothing more comes. */
  readonly done: boolean;
}

/** Reads one streamed answer and decides, event by event, what the client gets to see of it. */
export interface AnswerStream {
  /** @returns bytes for the client, none when the event is held back. */
  push(event: SseEvent): Uint8Array[];
  /**
   * @returns bytes that were held back and belong to the client, and the round's outcome. An end with calls of the
   * client's is among those bytes when something is hidden beside or before them, which is to be kept first.
   */
  end(): { readonly rest: Uint8Array[]; readonly round: StreamRound };
}
