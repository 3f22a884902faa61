import type { Message } from '#libs/kernel';
import type { Original } from '#libs/ccr';
import type { OutputObservation } from '#libs/learning';
import type { MessageReport } from './contract.js';
import type { MessageWaste } from './waste/message-waste.js';

/** What became of one message, whoever sent it and wherever in a conversation it stood. */
export interface MessageResult {
  /** Undefined where the message stays as it is. */
  readonly replacement?: Message | undefined;
  readonly report: Omit<MessageReport, 'index'>;
  readonly originals: readonly Omit<Original, 'userId'>[];
  readonly observations?: readonly OutputObservation[] | undefined;
  /** Of the message as it was sent; undefined where it was given before. */
  readonly waste?: MessageWaste | undefined;
}

/**
 * Remembers results by everything they depend on: the message, the question it answers, the configuration and the way
 * tokens are counted. A hit gives the same bytes as compressing again.
 */
export interface MessageCache {
  get(key: string): MessageResult | undefined;
  set(key: string, result: MessageResult): void;
}
