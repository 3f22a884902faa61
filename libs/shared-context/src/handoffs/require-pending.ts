import { HeadroomError, maySee, notFound, type Caller } from '#libs/kernel';
import { ownersOf, statusOf, type Handoff } from './handoff.js';

/** Whether the caller may see all whose contents a handoff holds. */
export function maySeeHandoff(caller: Caller, handoff: Pick<Handoff, 'entries' | 'leftOut'>): boolean {
  return ownersOf(handoff).every((userId) => maySee(caller, userId));
}

/** @throws HeadroomError `not_found`, `forbidden`. */
export function requireHandoff(caller: Caller, handoff: Handoff | undefined): Handoff {
  if (handoff === undefined) throw notFound('handoff', 'No such handoff in this shared context.');
  if (maySeeHandoff(caller, handoff)) return handoff;
  throw new HeadroomError(
    'forbidden',
    'This handoff holds entries of a user whom this API key may not touch.',
  );
}

/**
 * The rule by which every store lets a handoff be accepted: once, and in time.
 * @throws HeadroomError `not_found`, `forbidden`; `conflict`, whose details name the status.
 */
export function requirePending(caller: Caller, handoff: Handoff | undefined, now: Date): Handoff {
  const found = requireHandoff(caller, handoff);
  const status = statusOf(found, now);
  if (status === 'pending') return found;
  const { acceptedAt, expiresAt } = found;
  const detail =
    acceptedAt === undefined
      ? `This handoff expired at ${expiresAt.toISOString()}.`
      : `This handoff was accepted at ${acceptedAt.toISOString()}; its contents are retrievable by their hashes.`;
  throw new HeadroomError('conflict', detail, {
    status,
    accepted_at: acceptedAt?.toISOString() ?? null,
    expires_at: expiresAt.toISOString(),
  });
}
