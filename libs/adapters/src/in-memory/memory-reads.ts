import { isVisible, type Page, type Scope, scopeLevel } from '#libs/kernel';
import { doubledIn, isCurrent, type Memory, type MemoryListQuery, type MemoryStats } from '#libs/memory';
import type { Kept } from './kept-memory.js';
import { pageOfMemories } from './memory-page.js';
import { inView } from './memory-view.js';

export function listMemories(all: readonly Kept[], query: MemoryListQuery): Page<Memory> {
  const seen = inView(all, query.view)
    .map(({ memory }) => memory)
    .filter((memory) => isAsked(memory, query));
  const isDoubled = doubledIn(seen);
  return pageOfMemories(
    seen.filter((memory) => !isDoubled(memory)),
    query,
  );
}

function isAsked(memory: Memory, query: MemoryListQuery): boolean {
  const { scopeLevel: level, category, subjects, createdAfter, createdBefore, minImportance } = query;
  return (
    (level === undefined || scopeLevel(memory.scope) === level) &&
    (category === undefined || memory.category === category) &&
    (subjects === undefined || (memory.subject !== undefined && subjects.includes(memory.subject))) &&
    (createdAfter === undefined || memory.createdAt > createdAfter) &&
    (createdBefore === undefined || memory.createdAt < createdBefore) &&
    (minImportance === undefined || memory.importance >= minImportance)
  );
}

export function memoryStats(all: readonly Kept[], scope: Scope, now: Date): MemoryStats {
  const memories = all
    .map(({ memory }) => memory)
    .filter((memory) => memory.deletedAt === undefined && isVisible(scope, memory.scope));
  const times = memories.map((memory) => memory.createdAt.getTime());
  return {
    total: memories.length,
    current: memories.filter((memory) => isCurrent(memory, now)).length,
    superseded: memories.filter((memory) => memory.supersededAt !== undefined).length,
    byCategory: countBy(memories, (memory) => memory.category),
    byScopeLevel: countBy(memories, (memory) => scopeLevel(memory.scope)),
    ...(times.length > 0 && {
      oldest: new Date(Math.min(...times)),
      newest: new Date(Math.max(...times)),
    }),
  };
}

function countBy(memories: readonly Memory[], keyOf: (memory: Memory) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const memory of memories) counts[keyOf(memory)] = (counts[keyOf(memory)] ?? 0) + 1;
  return counts;
}
