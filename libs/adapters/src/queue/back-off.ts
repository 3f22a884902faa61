import { HeadroomError } from '#libs/kernel';

/** A service that asks for more is asked again nevertheless. */
const LONGEST_ASKED_PAUSE_MS = 60 * 60_000;

/**
 * The wait after a failed attempt (1 for the first), in whole milliseconds: it doubles each time, and half of it is
 * left to chance so that jobs that failed together do not come back together ("equal jitter", M. Brooker, Exponential
 * Backoff And Jitter, 2015); no shorter than what the error asks for.
 * @param chance from 0 to 1.
 */
export function pauseAfter(
  attempt: number,
  error: unknown,
  backoffMs: number,
  chance = Math.random(),
): number {
  const whole = backoffMs * 2 ** (attempt - 1);
  return Math.round(Math.max(whole * (0.5 + chance / 2), askedPause(error)));
}

/** How long a service wants to be left alone, in milliseconds. */
function askedPause(error: unknown): number {
  const pause = error instanceof HeadroomError ? error.details['retry_after_ms'] : undefined;
  return typeof pause === 'number' ? Math.min(pause, LONGEST_ASKED_PAUSE_MS) : 0;
}
