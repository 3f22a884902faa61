import type { Caller, Message, Page, PageRequest, Scope } from '#libs/kernel';
import type { Conversation, StoredMessage } from './conversation.js';

/** A message to append, counted already. */
export interface NewMessage {
  readonly message: Message;
  /** Its JSON as it was sent; without it the message is written anew. */
  readonly text?: string | undefined;
  readonly tokens: number;
}

/** Keeps conversations; appends of concurrent writers get consecutive, gapless positions. */
export abstract class ConversationStore {
  abstract create(caller: Caller, conversation: Conversation): Promise<void>;

  /** null when unknown, another tenant's, or of a user the caller may not touch. */
  abstract find(caller: Caller, id: string): Promise<Conversation | null>;

  /** Conversations of a scope's subtree, newest first. */
  abstract list(caller: Caller, scope: Scope, page: PageRequest): Promise<Page<Conversation>>;

  /** Appends all or none. @returns the first index. @throws HeadroomError `not_found`. */
  abstract append(caller: Caller, id: string, messages: readonly NewMessage[], at: Date): Promise<number>;

  /** Oldest first; the cursor goes on from there. @throws HeadroomError `not_found`. */
  abstract messages(caller: Caller, id: string, page: PageRequest): Promise<Page<StoredMessage>>;

  /** All of them, oldest first. @throws HeadroomError `not_found`. */
  abstract allMessages(caller: Caller, id: string): Promise<readonly StoredMessage[]>;

  /** @returns whether there was one. */
  abstract remove(caller: Caller, id: string): Promise<boolean>;
}
