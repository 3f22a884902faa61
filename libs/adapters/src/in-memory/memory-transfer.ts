import { type Caller, isVisible, type Scope, wholeTenant } from '#libs/kernel';
import {
  type BrokenLink,
  endedBy,
  type ImportVerdict,
  judgeImport,
  type NewMemory,
  settleChain,
  type StoredPage,
} from '#libs/memory';
import type { KeptMemories } from './kept-memories.js';
import type { Kept } from './kept-memory.js';

export function storedAfter(all: readonly Kept[], scope: Scope, position: number, limit: number): StoredPage {
  const page = all
    .filter(({ seq, memory }) => seq > position && isVisible(scope, memory.scope))
    .slice(0, limit);
  return {
    memories: page.map(({ memory }) => memory),
    next: page.length === limit ? (page.at(-1)?.seq ?? null) : null,
  };
}

/** What the tenant's other users hold counts as well: an id is taken whoever took it. */
export function importMemories(
  kept: KeptMemories,
  caller: Caller,
  memories: readonly NewMemory[],
): readonly ImportVerdict[] {
  const all = kept.of(wholeTenant(caller)).map(({ memory }) => memory);
  const successors = all.flatMap(({ id, supersedes }) =>
    supersedes === undefined ? [] : [[supersedes, id] as const],
  );
  const verdicts = judgeImport(
    memories.map(({ memory }) => memory),
    new Map(all.map((memory) => [memory.id, memory])),
    new Map(successors),
  );
  memories.filter((_, i) => verdicts[i] === 'imported').forEach((fresh) => kept.add(caller, fresh));
  return verdicts;
}

/** Makes the chains of imported memories whole; see `MemoryStore.settleImport`. */
export function settleImported(
  kept: KeptMemories,
  caller: Caller,
  userId: string,
  ids: readonly string[],
): readonly BrokenLink[] {
  const theirs = kept.of(caller).filter(({ memory }) => memory.scope.userId === userId);
  const { broken, unknown } = settleChain(theirs.map(({ memory }) => memory));
  for (const { predecessor, successor } of unknown) {
    const ended = theirs.find(({ memory }) => memory.id === predecessor.id);
    if (ended !== undefined) ended.memory = endedBy(successor, predecessor);
  }
  const imported = new Set(ids);
  const unsound = broken.filter(({ id }) => imported.has(id));
  const doomed = new Set(unsound.map(({ id }) => id));
  kept.erase(theirs.filter(({ memory }) => doomed.has(memory.id)));
  return unsound;
}
