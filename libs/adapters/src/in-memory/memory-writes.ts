import { type Caller, isSameScope, requireUser } from '#libs/kernel';
import {
  type InsertOutcome,
  isCurrent,
  type Memory,
  type MemoryPatch,
  type NewMemory,
  type OnSubject,
  sameSubject,
  seenAgain,
} from '#libs/memory';
import type { KeptMemories } from './kept-memories.js';
import type { Kept } from './kept-memory.js';
import { linkSuccessor } from './memory-chains.js';

/** Stores a memory, or counts it as a further sighting of its twin; see `MemoryStore.insert`. */
export function insertMemory(
  kept: KeptMemories,
  caller: Caller,
  fresh: NewMemory,
  onSubject: OnSubject,
): InsertOutcome {
  const { scope, contentHash, subject, createdAt } = fresh.memory;
  requireUser(caller, scope.userId);
  const current = kept
    .of(caller)
    .filter(({ memory }) => isSameScope(memory.scope, scope) && isCurrent(memory, createdAt));
  const twin = current.find(({ memory }) => memory.contentHash === contentHash);
  if (twin !== undefined) return seeAgain(kept, caller, twin, fresh.memory);
  const rival = current.findLast(({ memory }) => subject !== undefined && memory.subject === subject);
  if (rival === undefined || onSubject === 'coexist') {
    return { status: 'created', memory: kept.add(caller, fresh) };
  }
  if (onSubject === 'conflict') {
    throw sameSubject(rival.memory.id);
  }
  return { status: 'created', ...linkSuccessor(kept, caller, rival, fresh) };
}

/** {@link insertMemory} in which a faulty item spoils no other: its error stands in its place. */
export function insertBatch(
  kept: KeptMemories,
  caller: Caller,
  items: readonly { readonly memory: NewMemory; readonly onSubject: OnSubject }[],
): readonly (InsertOutcome | Error)[] {
  return items.map(({ memory, onSubject }) => {
    try {
      return insertMemory(kept, caller, memory, onSubject);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  });
}

/** A promotion that meets its like at the broader level leaves a link to it on the original. */
function seeAgain(kept: KeptMemories, caller: Caller, twin: Kept, again: Memory): InsertOutcome {
  const { promotedFrom } = again;
  const original = promotedFrom === undefined ? undefined : kept.find(caller, promotedFrom);
  if (original !== undefined) original.memory = { ...original.memory, promotedTo: twin.memory.id };
  twin.memory = seenAgain(twin.memory, again);
  return { status: 'duplicate', memory: twin.memory };
}

export function patchMemory(
  kept: KeptMemories,
  caller: Caller,
  id: string,
  patch: MemoryPatch,
  at: Date,
  expectedVersion: number | undefined,
): Memory {
  const { importance, category, entities, metadata, expiresAt } = patch;
  const patched = kept.require(caller, id, expectedVersion);
  const { memory } = patched;
  patched.memory = {
    ...memory,
    importance: importance ?? memory.importance,
    category: category ?? memory.category,
    entities: entities ?? memory.entities,
    metadata: metadata ?? memory.metadata,
    expiresAt: expiresAt === null ? undefined : (expiresAt ?? memory.expiresAt),
    updatedAt: at,
    version: memory.version + 1,
  };
  return patched.memory;
}

/** Reading is no write: the version stays. */
export function countReads(
  kept: KeptMemories,
  caller: Caller,
  reads: ReadonlyMap<string, number>,
  at: Date,
): void {
  for (const [id, count] of reads) {
    const read = kept.living(caller, id);
    if (read === undefined) continue;
    read.memory = { ...read.memory, accessCount: read.memory.accessCount + count, lastAccessedAt: at };
  }
}
