import type { Caller } from '#libs/kernel';

/** A session as its client names it; the same name under another user is another session. */
export interface PinnedSession {
  readonly userId?: string | undefined;
  readonly sessionId: string;
}

/** Key of a text → what a model was given for it; null where it was given as it was. */
export type Pins = Readonly<Record<string, string | null>>;

/**
 * Remembers what was given for the texts of a session, so that its prompts keep their beginning and provider caches
 * hit. Kept per tenant and user; expiry slides with every `find`.
 */
export abstract class SessionPins {
  /** What the session was given so far; renews it. */
  abstract find(caller: Caller, session: PinnedSession): Promise<Pins>;

  /** The first decision on a text stays. */
  abstract add(caller: Caller, session: PinnedSession, pins: Pins): Promise<void>;

  /** Drops what has expired; across all tenants. @returns how many pins. */
  abstract sweep(): Promise<number>;
}

/** How long a session is remembered after its last request, in seconds. */
export interface SessionRetention {
  readonly ttlSeconds: number;
}
