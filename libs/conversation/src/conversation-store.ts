import type { Caller, Page, PageRequest, Scope } from '#libs/kernel';
import type { AppendOutcome, AppendTerms, NewMessage } from './appending.js';
import type { Conversation, StoredMessage } from './conversation.js';

/** Where a conversation is to be split off. */
export interface Fork {
  /** Of the new conversation. */
  readonly id: string;
  /** The last message that it takes along; by default the last there is. */
  readonly atIndex?: number | undefined;
  readonly at: Date;
}

/** Keeps conversations; appends of concurrent writers get consecutive, gapless positions. */
export abstract class ConversationStore {
  /** @returns the conversation, of a repetition under an idempotency key the first one. */
  abstract create(caller: Caller, conversation: Conversation): Promise<Conversation>;

  /** null when unknown, another tenant's, or of a user the caller may not touch. */
  abstract find(caller: Caller, id: string): Promise<Conversation | null>;

  /** Conversations of a scope's subtree, newest first. */
  abstract list(caller: Caller, scope: Scope, page: PageRequest): Promise<Page<Conversation>>;

  /**
   * Appends all or none, next to each other.
   * @throws HeadroomError `not_found`; `conflict` for a key of another append; `precondition_failed`.
   */
  abstract append(
    caller: Caller,
    id: string,
    messages: readonly NewMessage[],
    at: Date,
    terms?: AppendTerms,
  ): Promise<AppendOutcome>;

  /**
   * A new conversation with copies of the messages up to one, which need the other conversation no more.
   * @throws HeadroomError `not_found`; `validation_error` for a message that is not there.
   */
  abstract fork(caller: Caller, source: Conversation, fork: Fork): Promise<Conversation>;

  /** Oldest first; the cursor goes on from there. @throws HeadroomError `not_found`. */
  abstract messages(caller: Caller, id: string, page: PageRequest): Promise<Page<StoredMessage>>;

  /** All of them, oldest first. @throws HeadroomError `not_found`. */
  abstract allMessages(caller: Caller, id: string): Promise<readonly StoredMessage[]>;

  /** @returns whether there was one. */
  abstract remove(caller: Caller, id: string): Promise<boolean>;
}
