import { type Caller, isVisible, type Scope, wholeTenant } from '#libs/kernel';
import {
  type BrokenLink,
  endedBy,
  faultIn,
  type ImportVerdict,
  judgeImport,
  type NewMemory,
  settleChains,
  type StoredPage,
  tellOfEachOther,
} from '#libs/memory';
import type { KeptMemories } from './kept-memories.js';
import type { Kept } from './kept-memory.js';
import { chainOf } from './memory-chains.js';

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
  const all = kept.of(wholeTenant(caller)).map(told);
  const verdicts = judgeImport(
    memories.map(({ memory }) => memory),
    new Map(all.map((memory) => [memory.id, memory])),
  );
  memories
    .filter((_, i) => verdicts[i] === 'imported')
    .forEach((fresh) => {
      addAwaiting(kept, caller, fresh);
    });
  return verdicts;
}

/** Stores a memory without its links, and makes those whose other end is there and tells of it. */
function addAwaiting(kept: KeptMemories, caller: Caller, fresh: NewMemory): void {
  const { supersedes, supersededBy, ...rest } = fresh.memory;
  kept.add(caller, { ...fresh, memory: rest });
  const added = kept.find(caller, fresh.memory.id);
  if (added === undefined) return;
  added.awaits = { predecessor: supersedes, successor: supersededBy };
  const [before, after] = [kept.find(caller, supersedes ?? ''), kept.find(caller, supersededBy ?? '')];
  if (before !== undefined) linkIfTold(kept, caller, before, added);
  if (after !== undefined) linkIfTold(kept, caller, added, after);
}

function linkIfTold(kept: KeptMemories, caller: Caller, before: Kept, after: Kept): void {
  const isCircle = chainOf(kept, caller, before.memory.id).includes(after);
  if (isCircle || !tellOfEachOther(told(before), told(after))) return;
  before.memory = { ...before.memory, supersededBy: after.memory.id };
  after.memory = { ...after.memory, supersedes: before.memory.id };
}

/** A memory with the links that it awaits. */
function told({ memory, awaits }: Kept): Kept['memory'] {
  return {
    ...memory,
    supersedes: memory.supersedes ?? awaits?.predecessor,
    supersededBy: memory.supersededBy ?? awaits?.successor,
  };
}

/** Makes the chains of imported memories whole; see `MemoryStore.settleImport`. */
export function settleImported(
  kept: KeptMemories,
  caller: Caller,
  userId: string,
  ids: readonly string[],
): readonly BrokenLink[] {
  const theirs = kept.of(caller).filter(({ memory }) => memory.scope.userId === userId);
  const members = theirs.map((one) => ({
    memory: told(one),
    chainId: chainOf(kept, caller, one.memory.id)[0]?.memory.id ?? one.memory.id,
    awaits: {
      predecessor: one.memory.supersedes === undefined ? one.awaits?.predecessor : undefined,
      successor: one.memory.supersededBy === undefined ? one.awaits?.successor : undefined,
    },
  }));
  const byId = new Map(members.map((member) => [member.memory.id, member]));
  const awaiting = members.filter(
    ({ awaits }) => awaits.predecessor !== undefined || awaits.successor !== undefined,
  );
  const { ended, broken } = settleChains(awaiting, byId);
  for (const { predecessor, successor } of ended) {
    const [before, after] = [
      kept.find(caller, predecessor.memory.id),
      kept.find(caller, successor.memory.id),
    ];
    if (before === undefined || after === undefined) continue;
    after.memory = { ...after.memory, supersedes: before.memory.id };
    before.memory = endedBy(after.memory, before.memory);
  }
  const faults = ids.flatMap((id): BrokenLink[] => {
    const member = byId.get(id);
    const chain = broken.get(member?.chainId ?? '');
    return member === undefined || chain === undefined
      ? []
      : [{ id, fault: faultIn(chain, member.memory, byId) }];
  });
  takeOut(kept, theirs, new Set(faults.map(({ id }) => id)));
  return faults;
}

/** What was linked to the erased awaits it as before. */
function takeOut(kept: KeptMemories, theirs: readonly Kept[], erased: ReadonlySet<string>): void {
  kept.erase(theirs.filter(({ memory }) => erased.has(memory.id)));
  for (const one of theirs) {
    const { supersedes, supersededBy } = one.memory;
    if (supersedes !== undefined && erased.has(supersedes)) {
      one.awaits = { ...one.awaits, predecessor: supersedes };
      one.memory = { ...one.memory, supersedes: undefined };
    }
    if (supersededBy !== undefined && erased.has(supersededBy)) {
      one.awaits = { ...one.awaits, successor: supersededBy };
      one.memory = { ...one.memory, supersededBy: undefined };
    }
  }
}
