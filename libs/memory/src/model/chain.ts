import { HeadroomError } from '#libs/kernel';
import type { Memory } from './memory.js';

/** @param chain oldest first @returns null when its end was deleted or retired. */
export function currentIdOf(chain: readonly Memory[]): string | null {
  const end = chain.at(-1);
  if (end === undefined || end.deletedAt !== undefined || end.supersededAt !== undefined) return null;
  return end.id;
}

/**
 * The end of a chain, which the content of one of its links is to replace.
 * @throws HeadroomError `conflict` when that link is the current one, or when the end was deleted.
 */
export function replaceableEnd(chain: readonly Memory[], id: string): Memory {
  const end = chain.at(-1);
  if (end === undefined || end.deletedAt !== undefined) {
    throw new HeadroomError(
      'conflict',
      'The end of this chain was deleted, so there is nothing to replace; create a new memory instead.',
    );
  }
  if (currentIdOf(chain) === id) {
    throw new HeadroomError('conflict', 'This memory is the current one of its chain already.', {
      current_id: id,
    });
  }
  return end;
}
