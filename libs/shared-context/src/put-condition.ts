import { HeadroomError } from '#libs/kernel';
import type { PutCondition } from './entry.js';

/**
 * Holds a condition against the version that is there, undefined for none; every store decides by this rule.
 * @throws HeadroomError `precondition_failed`
 */
export function requireCondition(condition: PutCondition, currentVersion: number | undefined): void {
  if (condition.kind === 'absent' && currentVersion !== undefined) {
    throw new HeadroomError('precondition_failed', 'There is an entry under this key already.', {
      current_version: currentVersion,
    });
  }
  if (condition.kind === 'version' && condition.version !== currentVersion) {
    throw new HeadroomError(
      'precondition_failed',
      'The entry has changed or is gone: read it again and repeat with its new ETag.',
      { current_version: currentVersion ?? null },
    );
  }
}

export function anotherUsersEntry(): HeadroomError {
  return new HeadroomError(
    'forbidden',
    'The entry under this key belongs to a user this API key may not touch.',
  );
}
