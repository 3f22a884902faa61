import { isSameScope, isVisible, type Scope } from '#libs/kernel';
import type { Memory } from '../model/memory.js';
import type { MemoryView, ScopeMode } from '../ports/memory-store.js';

/** What a view makes of a memory: seen, or not, and for what reason. */
export type ViewVerdict = 'seen' | 'superseded' | 'expired' | 'unseen';

/** The reference meaning of a view without its filter; a store says the same in its query. */
export function judge(memory: Memory, view: MemoryView): ViewVerdict {
  const validAt = view.asOf ?? view.now;
  const knownAt = view.knownAsOf ?? view.now;
  if (memory.deletedAt !== undefined || !inScope(memory.scope, view.scope, view.mode)) return 'unseen';
  if (memory.createdAt > knownAt || memory.validFrom > validAt) return 'unseen';
  if (memory.expiresAt !== undefined && memory.expiresAt <= view.now) return 'expired';
  const endIsKnown = memory.supersededAt !== undefined && memory.supersededAt <= knownAt;
  const ended = endIsKnown && memory.validUntil !== undefined && memory.validUntil <= validAt;
  return ended && !view.includeSuperseded ? 'superseded' : 'seen';
}

/** Nothing has ended it: no successor, no retirement, no deletion, no expiry by `now`. */
export function isCurrent(memory: Memory, now: Date): boolean {
  return (
    memory.deletedAt === undefined &&
    memory.supersededAt === undefined &&
    (memory.expiresAt === undefined || memory.expiresAt > now)
  );
}

export function inScope(owner: Scope, reader: Scope, mode: ScopeMode): boolean {
  if (mode === 'exact') return isSameScope(owner, reader);
  return mode === 'resolve' ? isVisible(owner, reader) : isVisible(reader, owner);
}
