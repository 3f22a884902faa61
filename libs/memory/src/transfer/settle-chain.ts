import { isSameScope } from '#libs/kernel';
import { earliestSuccession, type Memory } from '../model/memory.js';

/** A link of a chain that cannot stay, and why. */
export interface BrokenLink {
  readonly id: string;
  readonly fault: string;
}

export interface SettledChain {
  readonly broken: readonly BrokenLink[];
  /** Successors whose predecessor does not know of them yet: it was exported before it was superseded. */
  readonly unknown: readonly { readonly predecessor: Memory; readonly successor: Memory }[];
}

/**
 * Finds what keeps a chain from being whole after an import: a link to what is not there takes with it whatever links
 * to it. Memories that name nothing missing stay as they are.
 */
export function settleChain(members: readonly Memory[]): SettledChain {
  const there = new Map(members.map((memory) => [memory.id, memory]));
  const broken: BrokenLink[] = [];
  const drop = (memory: Memory, fault: string): void => {
    there.delete(memory.id);
    broken.push({ id: memory.id, fault });
  };
  for (let before = -1; before !== broken.length;) {
    before = broken.length;
    // Both ways, so that a chain that falls apart from either end falls in one round.
    for (const memory of [...there.values(), ...[...there.values()].reverse()]) {
      const fault = there.has(memory.id) ? faultOf(memory, there) : undefined;
      if (fault !== undefined) drop(memory, fault);
    }
  }
  for (const memory of circling(there)) drop(memory, 'supersedes: goes round in a circle');
  const unknown = [...there.values()].flatMap((successor) => {
    const predecessor = there.get(successor.supersedes ?? '');
    return predecessor?.supersededBy === undefined && predecessor !== undefined
      ? [{ predecessor, successor }]
      : [];
  });
  return { broken, unknown };
}

function faultOf(memory: Memory, there: ReadonlyMap<string, Memory>): string | undefined {
  const { id, scope, supersedes, supersededBy, validFrom } = memory;
  if (supersedes !== undefined) {
    const predecessor = there.get(supersedes);
    if (predecessor === undefined || !isSameScope(scope, predecessor.scope)) {
      return `supersedes: names ${supersedes}, which is not there in this scope`;
    }
    if (predecessor.supersededBy !== undefined && predecessor.supersededBy !== id) {
      return `supersedes: names ${supersedes}, which has another successor`;
    }
    if (predecessor.supersededBy === undefined && validFrom < earliestSuccession(predecessor)) {
      return `valid_from: must not lie before the validity of ${supersedes}, which it supersedes`;
    }
  }
  if (supersededBy !== undefined && there.get(supersededBy)?.supersedes !== id) {
    return `superseded_by: names ${supersededBy}, which is not there as its successor`;
  }
  return undefined;
}

/** What no walk from a first member reaches. */
function circling(there: ReadonlyMap<string, Memory>): readonly Memory[] {
  const successors = new Map([...there.values()].map((memory) => [memory.supersedes, memory]));
  const reached = new Set<string>();
  for (const first of there.values()) {
    if (first.supersedes !== undefined) continue;
    for (let next: Memory | undefined = first; next !== undefined; next = successors.get(next.id)) {
      reached.add(next.id);
    }
  }
  return [...there.values()].filter(({ id }) => !reached.has(id));
}
