import type { SearchHit } from '../contract.js';
import type { MemoryFilter } from '../search/filter.js';
import { SEARCH_TOP_K_MAX } from './memory-tool-definitions.js';
import { relatedMemories } from './related-memories.js';
import type { ToolArguments } from './tool-arguments.js';
import { withinOneResult, type FoundMemory, type MemoryToolResult } from './tool-result.js';
import type { ToolRoom } from './tool-room.js';

const DEFAULT_TOP_K = 10;
/** Statements are not to grow with what a model asks. */
const MOST_ENTITIES = 20;
const NO_SUCH_ENTITY = 'No memory is tied to these entities; these were found by words alone.';

/** Searches what the scope sees: hits first, best first, then what is related to them when that is asked for. */
export async function searchMemories(room: ToolRoom, given: ToolArguments): Promise<MemoryToolResult> {
  const entities = given.names('entities');
  const words = entities.length === 0 ? given.requiredText('query') : (given.text('query') ?? '');
  const topK = given.count('top_k', SEARCH_TOP_K_MAX) ?? DEFAULT_TOP_K;
  const includesRelated = given.flag('include_related');
  given.check();
  // A memory often names in its words what it is not tied to.
  const query = [words, ...entities].join(' ');
  const tied = entities.length === 0 ? [] : await search(room, query, topK, aboutOneOf(entities));
  const hits = tied.length > 0 ? tied : await search(room, query, topK);
  const { memories, caller, scope } = room;
  const related = includesRelated ? await relatedMemories(memories, caller, scope, hits, topK) : [];
  const found: FoundMemory[] = [
    ...hits.map(({ memory: { id, content }, score }) => ({ id, content, score })),
    ...related.map(({ memory: { id, content }, sharedBy }) => ({
      id,
      content,
      score: 0,
      related_by: sharedBy,
    })),
  ];
  const shown = withinOneResult(found);
  return {
    status: 'found',
    count: shown.length,
    memories: shown,
    ...(shown.length < found.length && { left_out: found.length - shown.length }),
    ...(entities.length > 0 && tied.length === 0 && hits.length > 0 && { note: NO_SUCH_ENTITY }),
  };
}

async function search(
  { memories, caller, scope }: ToolRoom,
  query: string,
  topK: number,
  filter?: MemoryFilter,
): Promise<readonly SearchHit[]> {
  return (await memories.search(caller, { scope, query, topK, filter })).hits;
}

function aboutOneOf(entities: readonly string[]): MemoryFilter {
  return {
    any: entities
      .slice(0, MOST_ENTITIES)
      .map((value) => ({ field: 'entities', operator: 'contains', value })),
  };
}
