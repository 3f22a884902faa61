import { type Caller, type ErasureReceipt, isVisible, type Scope, scopeLevel } from '#libs/kernel';
import type { Memory } from '#libs/memory';
import { type KeptMemories, requireVersion } from './kept-memories.js';
import type { Kept } from './kept-memory.js';

const TURN_LIFE_MS = 24 * 60 * 60 * 1000;

/** Erases the content and its indexes; a tombstone holds the chain together. */
export function removeMemory(
  kept: KeptMemories,
  caller: Caller,
  id: string,
  at: Date,
  expectedVersion: number | undefined,
): boolean {
  const removed = kept.living(caller, id);
  if (removed === undefined) return false;
  requireVersion(removed.memory, expectedVersion);
  removed.memory = tombstone(removed.memory, at);
  removed.terms = [];
  removed.vectors.clear();
  return true;
}

function tombstone(memory: Memory, at: Date): Memory {
  return {
    ...memory,
    content: '',
    subject: undefined,
    entities: [],
    metadata: {},
    alsoSeen: [],
    source: undefined,
    reason: undefined,
    contentHash: '',
    embeddingModel: undefined,
    deletedAt: at,
    updatedAt: at,
    version: memory.version + 1,
  };
}

export function eraseScope(kept: KeptMemories, caller: Caller, scope: Scope): number {
  return kept.erase(kept.of(caller).filter(({ memory }) => isVisible(scope, memory.scope)));
}

export function eraseDue(kept: KeptMemories, now: Date): number {
  return kept.erase(kept.all().filter(({ memory }) => isDue(memory, now)));
}

function isDue({ scope, createdAt, expiresAt }: Memory, now: Date): boolean {
  const turnIsOver = scopeLevel(scope) === 'turn' && createdAt.getTime() <= now.getTime() - TURN_LIFE_MS;
  return turnIsOver || (expiresAt !== undefined && expiresAt <= now);
}

export function eraseMemoriesOf(
  kept: KeptMemories,
  tenantId: string,
  userId: string,
): Partial<ErasureReceipt> {
  const isTheirs = (one: Kept): boolean => one.tenantId === tenantId && one.memory.scope.userId === userId;
  const theirs = kept.all().filter(isTheirs);
  const vectors = theirs.reduce((sum, one) => sum + one.vectors.size, 0);
  return { memories: kept.erase(theirs), vectors };
}
