import { scopeLevel, SCOPE_LEVELS, type Caller } from '#libs/kernel';
import type { SearchHit } from '../contract.js';
import { judge } from './view.js';
import type { Memory } from '../model/memory.js';
import type { MemoryStore, MemoryView } from '../ports/memory-store.js';
import { byScore } from './fuse.js';

const PAGE_SIZE = 200;
/** Beyond so many on the subjects found, the older ones are no match for the newer ones any more. */
const MOST_PAGES = 10;

export interface Shadowing<Hit> {
  readonly hits: readonly Hit[];
  readonly shadowed: readonly Hit[];
}

/**
 * Narrow overrides broad: of current memories on one subject, only the narrowest that the reader sees stays. It
 * takes the place of the best one it shadows, even when it did not match the query itself.
 */
export async function shadowBySubject<Hit extends SearchHit>(
  store: MemoryStore,
  caller: Caller,
  view: MemoryView,
  hits: readonly Hit[],
): Promise<Shadowing<Hit>> {
  if (view.mode !== 'resolve' || scopeLevel(view.scope) === 'user') return { hits, shadowed: [] };
  const subjects = [
    ...new Set(hits.map((hit) => hit.memory.subject).filter((subject) => subject !== undefined)),
  ];
  if (subjects.length === 0) return { hits, shadowed: [] };
  const narrowest = await narrowestBySubject(store, caller, view, subjects);
  const kept = new Map<string, Hit>();
  const shadowed: Hit[] = [];
  for (const hit of [...hits].sort(byScore)) {
    const winner = winnerOver(hit.memory, narrowest, { ...view, includeSuperseded: false });
    const stands = winner === null ? hit : { ...hit, memory: winner, scopeLevel: scopeLevel(winner.scope) };
    const before = kept.get(stands.memory.id);
    const shadows = [...(before?.shadows ?? []), ...(winner === null ? [] : [hit.memory.id])];
    kept.set(stands.memory.id, { ...(before ?? stands), ...(shadows.length > 0 && { shadows }) });
    if (winner !== null) shadowed.push(hit);
  }
  return { hits: [...kept.values()], shadowed };
}

async function narrowestBySubject(
  store: MemoryStore,
  caller: Caller,
  view: MemoryView,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, Memory>> {
  const narrowest = new Map<string, Memory>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { data, nextCursor } = await store.list(caller, {
      view: { ...view, includeSuperseded: false },
      subjects,
      orderBy: 'created_at',
      order: 'desc',
      limit: PAGE_SIZE,
      cursor,
    });
    for (const memory of data) {
      if (memory.subject === undefined) continue;
      const best = narrowest.get(memory.subject);
      if (best === undefined || depth(memory) > depth(best)) narrowest.set(memory.subject, memory);
    }
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return narrowest;
}

/** At the instant that is asked about, what has ended since was as current as its rival. */
function winnerOver(memory: Memory, narrowest: ReadonlyMap<string, Memory>, view: MemoryView): Memory | null {
  if (memory.subject === undefined || judge(memory, view) !== 'seen') return null;
  const winner = narrowest.get(memory.subject);
  return winner !== undefined && depth(winner) > depth(memory) ? winner : null;
}

function depth(memory: Memory): number {
  return SCOPE_LEVELS.indexOf(scopeLevel(memory.scope));
}
