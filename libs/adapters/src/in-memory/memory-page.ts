import type { Page } from '#libs/kernel';
import type { Memory, MemoryListQuery } from '#libs/memory';
import { decodeNumberAndId, encodeCursor, type ListIdentity } from '../database/cursor.js';

interface Place {
  readonly key: number;
  readonly id: string;
}

/** Sorts as the query asks, by id where equal, and cuts the page behind its cursor. */
export function pageOfMemories(memories: readonly Memory[], query: MemoryListQuery): Page<Memory> {
  const direction = query.order === 'asc' ? 1 : -1;
  const compare = (a: Place, b: Place): number =>
    direction * (a.key - b.key || (a.id === b.id ? 0 : a.id < b.id ? -1 : 1));
  const placed = memories.map((memory) => ({ memory, id: memory.id, key: keyOf(memory, query.orderBy) }));
  const after = query.cursor === undefined ? null : placeOf(query, query.cursor);
  const rest = placed.filter((one) => after === null || compare(one, after) > 0).sort(compare);
  const page = rest.slice(0, query.limit);
  const last = page.at(-1);
  const nextCursor =
    last && rest.length > page.length ? encodeCursor(identityOf(query), [last.key, last.id]) : null;
  return { data: page.map(({ memory }) => memory), nextCursor };
}

function placeOf(query: MemoryListQuery, cursor: string): Place {
  const [key, id] = decodeNumberAndId(identityOf(query), cursor);
  return { key, id };
}

/** Filters may change on the way through a list; whose it is and its order may not. */
function identityOf({ view, orderBy, order }: MemoryListQuery): ListIdentity {
  const { userId, sessionId, agentId, turnId } = view.scope;
  return ['memories', orderBy, order, view.mode, userId, sessionId, agentId, turnId];
}

/** What was never accessed comes before everything that was, in ascending order. */
function keyOf(memory: Memory, orderBy: MemoryListQuery['orderBy']): number {
  if (orderBy === 'importance') return memory.importance;
  if (orderBy === 'created_at') return memory.createdAt.getTime();
  return memory.lastAccessedAt?.getTime() ?? 0;
}
