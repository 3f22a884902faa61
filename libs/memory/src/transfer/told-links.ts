import { isSameScope } from '#libs/kernel';
import { earliestSuccession, type Memory } from '../model/memory.js';

/** What linking must know of a memory. Its links are those that were told of it, be they made yet or not. */
export type ToldMemory = Pick<
  Memory,
  'id' | 'scope' | 'supersedes' | 'supersededBy' | 'validFrom' | 'validUntil' | 'createdAt'
>;

/** Links that were told of a memory and are not made yet: readers see neither, and the memory stands for itself. */
export interface AwaitedLinks {
  readonly predecessor?: string | undefined;
  readonly successor?: string | undefined;
}

/** Two memories that say of each other that one superseded the other, and may: their link can be made. */
export function tellOfEachOther(predecessor: ToldMemory, successor: ToldMemory): boolean {
  return (
    successor.supersedes === predecessor.id &&
    predecessor.supersededBy === successor.id &&
    linkFault(predecessor, successor) === undefined
  );
}

/** Why a memory cannot be what another says it superseded. @param predecessor undefined when it is not there */
export function linkFault(predecessor: ToldMemory | undefined, successor: ToldMemory): string | undefined {
  const named = successor.supersedes ?? '';
  if (predecessor === undefined || !isSameScope(successor.scope, predecessor.scope)) {
    return `supersedes: names ${named}, which is not there in this scope`;
  }
  if (predecessor.supersededBy !== undefined && predecessor.supersededBy !== successor.id) {
    return `supersedes: names ${named}, which has another successor`;
  }
  if (successor.validFrom < earliestSuccession(predecessor)) {
    return `valid_from: must not lie before the validity of ${named}, which it supersedes`;
  }
  return undefined;
}
