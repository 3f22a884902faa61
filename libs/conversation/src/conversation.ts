import type { JsonObject, Message, Scope } from '#libs/kernel';

/** A stored conversation: an append-only list of messages of one scope. */
export interface Conversation {
  /** `conv_` + UUIDv7. */
  readonly id: string;
  readonly scope: Scope;
  readonly model?: string | undefined;
  readonly metadata: JsonObject;
  readonly messageCount: number;
  readonly tokens: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly forkedFrom?: ForkPoint | undefined;
}

/** Where a conversation began as another's beginning. The other one may be gone. */
export interface ForkPoint {
  readonly id: string;
  /** The last message that both have; null where there was none. */
  readonly index: number | null;
}

export interface StoredMessage {
  /** Position in the conversation, from 0, without gaps. */
  readonly index: number;
  readonly message: Message;
  /** The message's JSON exactly as sent, number literals included. */
  readonly text: string;
  readonly tokens: number;
  readonly createdAt: Date;
}
