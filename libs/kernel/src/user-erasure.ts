import type { Caller } from './caller.js';

/** How many things of a user were erased, by kind. */
export interface ErasureReceipt {
  readonly memories: number;
  readonly memoryHistory: number;
  readonly vectors: number;
  readonly sharedContextEntries: number;
  /** Those that held or named something of the user. */
  readonly handoffs: number;
  readonly conversations: number;
  readonly messages: number;
  readonly originals: number;
  readonly retrievalEvents: number;
  /** Request rows that named the user; their counts stay, their user id goes. */
  readonly requests: number;
  readonly idempotencyReplays: number;
  /** Keys that were bound to the user and are not any more; one bound to nobody else can touch nobody now. */
  readonly apiKeys: number;
  readonly jobs: number;
}

export const NOTHING_ERASED: ErasureReceipt = {
  memories: 0,
  memoryHistory: 0,
  vectors: 0,
  sharedContextEntries: 0,
  handoffs: 0,
  conversations: 0,
  messages: 0,
  originals: 0,
  retrievalEvents: 0,
  requests: 0,
  idempotencyReplays: 0,
  apiKeys: 0,
  jobs: 0,
};

/** Erases a user from every store at once. */
export abstract class UserErasure {
  /**
   * Removes everything that belongs to the user in one transaction and then every byte of it from the files that the
   * store controls. Erasing an unknown user is no error: the receipt is all zeros.
   * @throws HeadroomError `forbidden` when the caller may not act for the user.
   */
  abstract erase(caller: Caller, userId: string): Promise<ErasureReceipt>;
}
