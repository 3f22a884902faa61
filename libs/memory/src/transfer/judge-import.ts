import { isSameScope } from '#libs/kernel';
import type { Memory } from '../model/memory.js';

/**
 * What became of a memory that was to be imported. `skipped`: it is there already; `taken`: its id stands for another
 * memory; `erased`: it was erased here and stays so; `forked`: what it supersedes has another successor.
 */
export type ImportVerdict = 'imported' | 'skipped' | 'taken' | 'erased' | 'forked';

/** What a store must tell of a memory that it has, for an import to be judged. */
export type StoredTrace = Pick<Memory, 'id' | 'scope' | 'contentHash' | 'deletedAt' | 'supersededBy'>;

/**
 * Judges memories that are to be stored together, in order.
 * @param stored what the store has of their ids and of their predecessors' ids, whosever they are; links as told
 */
export function judgeImport(
  memories: readonly Memory[],
  stored: ReadonlyMap<string, StoredTrace>,
): readonly ImportVerdict[] {
  const known = new Map(stored);
  /** Predecessor's id → its successor's id. */
  const taken = new Map<string, string>();
  return memories.map((memory) => {
    const verdict = judgeOne(memory, known, taken);
    if (verdict === 'imported') {
      known.set(memory.id, memory);
      if (memory.supersedes !== undefined) taken.set(memory.supersedes, memory.id);
    }
    return verdict;
  });
}

function judgeOne(
  memory: Memory,
  known: ReadonlyMap<string, StoredTrace>,
  successors: ReadonlyMap<string, string>,
): ImportVerdict {
  const { id, supersedes } = memory;
  const there = known.get(id);
  if (there !== undefined) return judgeKnown(memory, there);
  if (supersedes === undefined) return 'imported';
  const rival = successors.get(supersedes) ?? known.get(supersedes)?.supersededBy;
  return rival === undefined || rival === id ? 'imported' : 'forked';
}

function judgeKnown(memory: Memory, there: StoredTrace): ImportVerdict {
  if (!isSameScope(memory.scope, there.scope)) return 'taken';
  if (there.deletedAt !== undefined && memory.deletedAt === undefined) return 'erased';
  return memory.contentHash === there.contentHash ? 'skipped' : 'taken';
}
