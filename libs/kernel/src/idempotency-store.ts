import type { Caller } from './caller.js';
import { HeadroomError } from './errors.js';

/** How long an answer can be replayed: 24 h. */
export const IDEMPOTENCY_TTL_SECONDS = 86_400;

/**
 * How long an unfinished request holds its key without a sign of life. A process that died in mid-request never
 * completes it, and its client is waiting.
 */
export const IDEMPOTENCY_LEASE_SECONDS = 10;

/** How often a running request gives one: a busy process may miss two. */
export const IDEMPOTENCY_RENEWAL_SECONDS = 3;

/** An `Idempotency-Key` is 1–255 characters. */
export const IDEMPOTENCY_KEY_MAX_CHARACTERS = 255;

/** The answer that a repeated request gets again. `body` is given back exactly. */
export interface IdempotentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type IdempotencyClaim =
  /** The key was free: handle the request, then `complete` or `abandon` with this claim. */
  | { readonly outcome: 'started'; readonly claimId: string }
  /** The same request was answered before. */
  | { readonly outcome: 'replay'; readonly answer: IdempotentAnswer };

/**
 * Remembers answers by idempotency key for 24 h. Keys of different tenants and of different API keys never meet. An
 * answer belongs to a user, so that erasing the user finds it; one of nobody goes with any user that is erased.
 */
export abstract class IdempotencyStore {
  /**
   * Claims a key. `bodyHash` covers all that makes two requests the same: method, path and body. `takesOver` claims it
   * also from the same request that is still running or was cut off: for work that knows by itself whether it was done.
   * @throws HeadroomError `conflict` when the key was used with another body or its first request is still running.
   */
  abstract begin(
    caller: Caller,
    key: string,
    bodyHash: string,
    takesOver?: boolean,
  ): Promise<IdempotencyClaim>;

  /** Holds the key for another lease, while the request is running; without effect when the claim was lost. */
  abstract renew(caller: Caller, key: string, claimId: string): Promise<void>;

  /** Keeps the answer; without effect when the claim was lost meanwhile. */
  abstract complete(
    caller: Caller,
    key: string,
    claimId: string,
    answer: IdempotentAnswer,
    userId?: string,
  ): Promise<void>;

  /** Frees the key after a failure, so that the client may try again; steps that were done stay known. */
  abstract abandon(caller: Caller, key: string, claimId: string): Promise<void>;

  /** Drops what is older than a day; across all tenants. @returns how many. */
  abstract sweep(): Promise<number>;
}

/** What a store knows of a key. */
export interface KnownClaim {
  readonly bodyHash: string;
  /** When it last gave a sign of life. */
  readonly startedAt: Date;
  /** Whether a step of it was done, which is known for as long as an answer is. */
  readonly hasSteps: boolean;
  /** null while the first request is still running. */
  readonly answer: IdempotentAnswer | null;
}

/**
 * The rule that every store follows: an answer lives for a day and an unfinished claim for its lease. One of which a
 * step is known to be done can be gone on with at once.
 * @returns the answer to replay, or null when the key is free.
 * @throws HeadroomError `conflict`
 */
export function judgeClaim(
  known: KnownClaim | undefined,
  bodyHash: string,
  now: Date,
  takesOver = false,
): IdempotentAnswer | null {
  if (!known) return null;
  const seconds = known.answer || known.hasSteps ? IDEMPOTENCY_TTL_SECONDS : IDEMPOTENCY_LEASE_SECONDS;
  if (now.getTime() - known.startedAt.getTime() >= seconds * 1000) return null;
  if (known.bodyHash !== bodyHash) throw keyReused();
  if (known.answer) return known.answer;
  if (takesOver || known.hasSteps) return null;
  throw new HeadroomError(
    'conflict',
    'The first request with this Idempotency-Key is still running. Try again when it has finished.',
  );
}

/** A key that stands for another request already. */
export function keyReused(): HeadroomError {
  return new HeadroomError(
    'conflict',
    'This Idempotency-Key was used with another request. Use a new key for a new request.',
  );
}
