import { isVisible, type Scope } from '#libs/kernel';
import {
  type BrokenLink,
  type ImportVerdict,
  judgeImport,
  type Memory,
  type NewMemory,
  settleChain,
  type StoredPage,
} from '#libs/memory';
import type { Kept } from './kept-memory.js';

export function keptAfter(all: readonly Kept[], scope: Scope, position: number, limit: number): StoredPage {
  const page = all
    .filter(({ seq, memory }) => seq > position && isVisible(scope, memory.scope))
    .slice(0, limit);
  return {
    memories: page.map(({ memory }) => memory),
    next: page.length === limit ? (page.at(-1)?.seq ?? null) : null,
  };
}

export function judgeKept(all: readonly Kept[], memories: readonly NewMemory[]): readonly ImportVerdict[] {
  const successors = all.flatMap(({ memory: { id, supersedes } }) =>
    supersedes === undefined ? [] : [[supersedes, id] as const],
  );
  return judgeImport(
    memories.map(({ memory }) => memory),
    new Map(all.map(({ memory }) => [memory.id, memory])),
    new Map(successors),
  );
}

/** @param theirs all of one user @returns what cannot stay of the imported ones */
export function settleKept(
  theirs: readonly Kept[],
  imported: ReadonlySet<string>,
  end: (kept: Kept, end: Partial<Memory>) => void,
): readonly BrokenLink[] {
  const { broken, unknown } = settleChain(theirs.map(({ memory }) => memory));
  for (const { predecessor, successor } of unknown) {
    const kept = theirs.find(({ memory }) => memory.id === predecessor.id);
    if (kept === undefined) continue;
    end(kept, {
      validUntil: predecessor.validUntil ?? successor.validFrom,
      supersededAt: predecessor.supersededAt ?? successor.createdAt,
      supersededBy: successor.id,
      updatedAt: successor.createdAt,
      version: predecessor.version + 1,
    });
  }
  return broken.filter(({ id }) => imported.has(id));
}
