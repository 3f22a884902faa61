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
