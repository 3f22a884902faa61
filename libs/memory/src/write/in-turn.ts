import { earliestSuccession, type Memory } from '../model/memory.js';
import type { NewMemory } from '../ports/memory-store.js';

/** Clocks of servers on one store differ by no more, and no writer waits longer for its turn. */
export const MOST_BEHIND_MS = 10_000;

/**
 * A successor as its turn finds it. Of two that were given their times at once the later one to be stored may be the
 * earlier one by the clock, or another server's clock is ahead: what was to begin with its recording begins where what
 * it supersedes lets it. A beginning that was asked for, or a predecessor that was to begin later, is left as it is.
 */
export function inTurn(fresh: NewMemory, predecessor: Memory): NewMemory {
  const { memory, traits } = fresh;
  const { validFrom, createdAt, updatedAt } = memory;
  const earliest = earliestSuccession(predecessor);
  const wasPlanned = earliest > (predecessor.supersededAt ?? predecessor.createdAt);
  const behind = earliest.getTime() - validFrom.getTime();
  if (behind <= 0 || behind > MOST_BEHIND_MS || wasPlanned) return fresh;
  if (validFrom.getTime() !== createdAt.getTime()) return fresh;
  return {
    ...fresh,
    memory: {
      ...memory,
      validFrom: earliest,
      createdAt: earliest,
      updatedAt: updatedAt > earliest ? updatedAt : earliest,
    },
    traits: { ...traits, toldAt: earliest.getTime() },
  };
}
