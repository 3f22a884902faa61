import type { Caller } from '#libs/kernel';

/** Position of a message → the JSON that a model was given for it; null where it was given as it was sent. */
export type GivenTexts = ReadonlyMap<number, string | null>;

/** The beginning that later contexts of a conversation keep, byte for byte. */
export interface FrozenPrefix {
  /** Grows with every change; 0 where nothing was given yet. */
  readonly revision: number;
  readonly given: GivenTexts;
  /** What messages were left out for, such as a budget: for another one it is decided anew what goes. */
  readonly fitting: string;
  /** Positions of the messages that were left out, ascending. */
  readonly dropped: readonly number[];
}

export const NOTHING_GIVEN: FrozenPrefix = { revision: 0, given: new Map(), fitting: '', dropped: [] };

/** Which beginning is meant: contexts of another lineage, such as another model's, have one of their own. */
export interface PrefixAddress {
  readonly conversationId: string;
  readonly lineage: string;
}

/** Remembers what contexts of stored conversations were made of; it goes with its conversation. */
export abstract class FrozenPrefixStore {
  /** Nothing given where the conversation is unknown, another tenant's, or of a user the caller may not touch. */
  abstract find(caller: Caller, address: PrefixAddress): Promise<FrozenPrefix>;

  /**
   * Adds to what was given and replaces what was left out; what was given once stays.
   * @returns false, and nothing has changed, when the prefix is no longer at the revision of the change.
   */
  abstract save(caller: Caller, address: PrefixAddress, change: FrozenPrefix): Promise<boolean>;

  /** Lets another conversation begin with all prefixes of this one, as far as its first messages reach. */
  abstract copy(caller: Caller, from: string, to: string, messageCount: number): Promise<void>;

  /** Forgets all prefixes of a conversation. */
  abstract reset(caller: Caller, conversationId: string): Promise<void>;
}
