import type { Claim } from './claim.js';
import { HeadroomError } from './errors.js';

/** The tenant that owns everything while no API key is configured. */
export const DEFAULT_TENANT = 'default';

/** Who calls: always the explicit first argument. A caller can never leave its tenant, nor its key's users. */
export interface Caller {
  readonly tenantId: string;
  /** The users this caller may touch; null means every user of the tenant. */
  readonly users: readonly string[] | null;
  /** True for the bootstrap key, which alone manages keys. */
  readonly isAdmin: boolean;
  readonly keyId?: string | undefined;
  /** Of a request under an idempotency key: a step that was done under it before is not done again. */
  readonly claim?: Claim | undefined;
}

/** @throws HeadroomError `forbidden` when the caller's key does not cover the user. */
export function requireUser(caller: Caller, userId: string): void {
  if (caller.users !== null && !caller.users.includes(userId)) {
    throw new HeadroomError('forbidden', 'This API key is not allowed to act for that user.');
  }
}

/** Whether the caller may see a thing of its tenant that belongs to this user; what belongs to nobody is the tenant's. */
export function maySee(caller: Caller, userId: string | undefined): boolean {
  return caller.users === null || userId === undefined || caller.users.includes(userId);
}

/**
 * The caller without the bounds of its key, to look up whose a thing is: what belongs to another user of the tenant is
 * told to be forbidden rather than missing.
 */
export function wholeTenant(caller: Caller): Caller {
  return { ...caller, users: null };
}
