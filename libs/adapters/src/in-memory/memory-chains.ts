import type { Caller } from '#libs/kernel';
import {
  alreadySuperseded,
  beginsTooEarly,
  endedBy,
  inTurn,
  type Memory,
  type NewMemory,
} from '#libs/memory';
import { type KeptMemories, requireVersion } from './kept-memories.js';
import type { Kept } from './kept-memory.js';

/** Oldest first; empty when unknown. */
export function chainOf(kept: KeptMemories, caller: Caller, id: string): readonly Kept[] {
  const member = kept.find(caller, id);
  if (member === undefined) return [];
  const chain = [member];
  const beside = (other: string | undefined): Kept | undefined =>
    other === undefined ? undefined : kept.find(caller, other);
  for (let link = beside(member.memory.supersedes); link !== undefined;) {
    chain.unshift(link);
    link = beside(link.memory.supersedes);
  }
  for (let link = beside(member.memory.supersededBy); link !== undefined;) {
    chain.push(link);
    link = beside(link.memory.supersededBy);
  }
  return chain;
}

/** Ends a memory in favour of its successor; see `MemoryStore.supersede`. */
export function supersedeMemory(
  kept: KeptMemories,
  caller: Caller,
  id: string,
  successor: NewMemory,
  expectedVersion: number | undefined,
): { readonly memory: Memory; readonly superseded: Memory } {
  const old = kept.require(caller, id);
  if (old.memory.supersededBy !== undefined) {
    const last = chainOf(kept, caller, id).at(-1)?.memory ?? old.memory;
    throw alreadySuperseded(last.id);
  }
  requireVersion(old.memory, expectedVersion);
  return linkSuccessor(kept, caller, old, successor);
}

/** @throws HeadroomError `validation_error` when the successor begins before what it supersedes begins, or has ended. */
export function linkSuccessor(
  kept: KeptMemories,
  caller: Caller,
  old: Kept,
  given: NewMemory,
): { readonly memory: Memory; readonly superseded: Memory } {
  const successor = inTurn(given, old.memory);
  const early = beginsTooEarly(successor.memory, old.memory);
  if (early !== undefined) throw early;
  const linked = { ...successor.memory, supersedes: old.memory.id };
  const memory = kept.add(caller, { ...successor, memory: linked });
  old.memory = endedBy(memory, old.memory);
  return { memory, superseded: old.memory };
}
