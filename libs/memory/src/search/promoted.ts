import type { Memory } from '../model/memory.js';

/**
 * Which of some memories are shown by another of them: its promoted copy, or what its promotion found at the broader
 * level.
 */
export function doubledIn(memories: readonly Memory[]): (memory: Memory) => boolean {
  const ids = new Set(memories.map(({ id }) => id));
  const copied = new Set(memories.map(({ promotedFrom }) => promotedFrom));
  return ({ id, promotedTo }) => copied.has(id) || (promotedTo !== undefined && ids.has(promotedTo));
}
