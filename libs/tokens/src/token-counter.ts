import type { Message } from '#libs/kernel';

/** Counts tokens for one encoding. Counts are additive: a list costs the sum of its messages plus `replyTokens`. */
export interface TokenCounter {
  /** The encoding's name, such as `o200k_base`. */
  readonly encoding: string;
  /** False when the provider's tokenizer is not public and the count is a calibrated estimate. */
  readonly exact: boolean;
  /** Tokens that prime the reply, counted once per request. */
  readonly replyTokens: number;
  countText(text: string): number;
  countMessage(message: Message): number;
  countMessages(messages: readonly Message[]): number;
}
