import type { Caller, Scope } from '#libs/kernel';
import type { SearchHit } from '../contract.js';
import type { MemoryService } from '../memory-service.js';
import type { Memory } from '../model/memory.js';
import type { MemoryFilter } from '../search/filter.js';

/** Of the best hits, so many entities and subjects lead on to others. */
const MOST_TIES = 20;
/** The newest so many of those that share something are ranked. */
const MOST_RANKED = 200;

export interface RelatedMemory {
  readonly memory: Memory;
  /** The entities and the subject that it shares with the hits. */
  readonly sharedBy: readonly string[];
}

/**
 * Current memories that the scope sees and that share an entity or the subject with a hit: those that share most
 * come first, newest first among equals. What a hit stands in front of is not brought back.
 */
export async function relatedMemories(
  memories: MemoryService,
  caller: Caller,
  scope: Scope,
  hits: readonly SearchHit[],
  limit: number,
): Promise<readonly RelatedMemory[]> {
  const entities = distinct(hits.flatMap(({ memory }) => memory.entities));
  const subjects = distinct(
    hits.flatMap(({ memory: { subject } }) => (subject === undefined ? [] : [subject])),
  );
  if (entities.length + subjects.length === 0) return [];
  const ties: MemoryFilter[] = entities.map((value) => ({ field: 'entities', operator: 'contains', value }));
  if (subjects.length > 0) ties.push({ field: 'subject', operator: 'in', value: subjects });
  const { data } = await memories.list(caller, { scope, filter: { any: ties }, limit: MOST_RANKED });
  const known = new Set(hits.flatMap(({ memory, shadows }) => [memory.id, ...(shadows ?? [])]));
  return data
    .filter(({ id }) => !known.has(id))
    .map((memory) => ({
      memory,
      sharedBy: [
        ...entities.filter((entity) => memory.entities.includes(entity)),
        ...subjects.filter((subject) => memory.subject === subject),
      ],
    }))
    .sort((a, b) => b.sharedBy.length - a.sharedBy.length)
    .slice(0, limit);
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].slice(0, MOST_TIES);
}
