import type { Memory } from '#libs/memory';

/** Oldest first, by the links: stored order and link order differ after an import. */
export function inLinkOrder(chain: readonly Memory[]): readonly Memory[] {
  const bySuccession = new Map(chain.map((memory) => [memory.supersedes, memory]));
  const ids = new Set(chain.map((memory) => memory.id));
  const ordered: Memory[] = [];
  let next = chain.find((memory) => memory.supersedes === undefined || !ids.has(memory.supersedes));
  while (next !== undefined && ordered.length < chain.length) {
    ordered.push(next);
    next = bySuccession.get(next.id);
  }
  return ordered.length === chain.length ? ordered : chain;
}

/** The parts into which a chain has fallen, as the ids of their members, oldest first. */
export function partsOfChain(chain: readonly Memory[]): readonly (readonly string[])[] {
  const members = new Map(chain.map((memory) => [memory.id, memory]));
  return chain
    .filter(({ supersedes }) => supersedes === undefined || !members.has(supersedes))
    .map((first) => {
      const part: string[] = [];
      for (
        let next: Memory | undefined = first;
        next !== undefined;
        next = members.get(next.supersededBy ?? '')
      ) {
        part.push(next.id);
      }
      return part;
    });
}
