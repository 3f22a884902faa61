import { HeadroomError, IDEMPOTENCY_TTL_SECONDS, keyReused, type Message } from '#libs/kernel';

/** A message to append, counted already. */
export interface NewMessage {
  readonly message: Message;
  /** Its JSON as it was sent; without it the message is written anew. */
  readonly text?: string | undefined;
  readonly tokens: number;
}

/** What an append depends on; nothing by default. */
export interface AppendTerms {
  /** How many messages there must be already: the index that the first new one gets. */
  readonly expectedCount?: number | undefined;
  /** By it a repetition is known for 24 h, and answered like the first time. */
  readonly key?: AppendKey | undefined;
}

/** As it was sent by one API key for one conversation. */
export interface AppendKey {
  readonly key: string;
  /** Hash of what is appended. */
  readonly fingerprint: string;
}

export interface AppendOutcome {
  readonly appended: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** What the appended messages cost together. */
  readonly tokens: number;
  /** It was done before, under the same key. */
  readonly isRepeated: boolean;
}

/** What a store keeps of an append that had a key. */
export interface AppendReceipt {
  readonly fingerprint: string;
  readonly firstIndex: number;
  readonly appended: number;
  readonly tokens: number;
  readonly at: Date;
}

export function outcomeOf(
  receipt: Omit<AppendReceipt, 'fingerprint' | 'at'>,
  isRepeated: boolean,
): AppendOutcome {
  const { firstIndex, appended, tokens } = receipt;
  return { appended, firstIndex, lastIndex: firstIndex + appended - 1, tokens, isRepeated };
}

/**
 * The rule that every store follows under the conversation's lock.
 * @returns the answer of an append that was done before, or null when it is to be done now.
 * @throws HeadroomError `conflict` for another append under the same key; `precondition_failed`.
 */
export function judgeAppend(
  { expectedCount, key }: AppendTerms,
  receipt: AppendReceipt | undefined,
  messageCount: number,
  now: Date,
): AppendOutcome | null {
  if (key !== undefined && receipt !== undefined && receipt.at > receiptsEndAt(now)) {
    if (receipt.fingerprint !== key.fingerprint) throw keyReused();
    return outcomeOf(receipt, true);
  }
  if (expectedCount === undefined || expectedCount === messageCount) return null;
  throw new HeadroomError(
    'precondition_failed',
    `The conversation has ${messageCount} messages by now: read those that came, and repeat with its new ETag.`,
    { current_version: messageCount, next_index: messageCount },
  );
}

/** Receipts from then or before count no more. */
export function receiptsEndAt(now: Date): Date {
  return new Date(now.getTime() - IDEMPOTENCY_TTL_SECONDS * 1000);
}
