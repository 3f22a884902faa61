import { HeadroomError, scopeLevel } from '#libs/kernel';
import {
  type ArmHits,
  judge,
  matchesFilter,
  type Memory,
  type MemoryListQuery,
  type MemoryView,
} from '#libs/memory';

export function isAsked(memory: Memory, query: MemoryListQuery): boolean {
  const { scopeLevel: level, category, subject, createdAfter, createdBefore, minImportance } = query;
  return (
    (level === undefined || scopeLevel(memory.scope) === level) &&
    (category === undefined || memory.category === category) &&
    (subject === undefined || memory.subject === subject) &&
    (createdAfter === undefined || memory.createdAt > createdAfter) &&
    (createdBefore === undefined || memory.createdAt < createdBefore) &&
    (minImportance === undefined || memory.importance >= minImportance)
  );
}

export function passes(memory: Memory, { filter }: MemoryView): boolean {
  return filter === undefined || matchesFilter(memory, filter);
}

export function rank(
  scored: readonly { readonly memory: Memory; readonly score: number }[],
  view: MemoryView,
  limit: number,
): ArmHits {
  const asked = scored.filter(({ memory }) => passes(memory, view));
  const idsJudged = (verdict: 'superseded' | 'expired'): string[] =>
    asked.filter(({ memory }) => judge(memory, view) === verdict).map(({ memory }) => memory.id);
  const hits = asked
    .filter(({ memory }) => judge(memory, view) === 'seen')
    .sort((a, b) => b.score - a.score || (a.memory.id < b.memory.id ? -1 : 1))
    .slice(0, limit)
    .map(({ memory, score }) => ({ memory, score }));
  return { hits, suppressed: { superseded: idsJudged('superseded'), expired: idsJudged('expired') } };
}

export function tombstone(memory: Memory, at: Date): Memory {
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

export function requireVersion(memory: Memory, expected: number | undefined): void {
  if (expected === undefined || memory.version === expected) return;
  throw new HeadroomError('precondition_failed', 'The memory was changed meanwhile; read it again.', {
    current_version: memory.version,
  });
}

export function conflictWith(currentId: string, message: string): HeadroomError {
  return new HeadroomError('conflict', message, { current_id: currentId });
}

export function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

export function countBy(
  memories: readonly Memory[],
  keyOf: (memory: Memory) => string,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const memory of memories) counts[keyOf(memory)] = (counts[keyOf(memory)] ?? 0) + 1;
  return counts;
}
