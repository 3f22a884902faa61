import type { Memory } from '#libs/memory';

/**
 * Finds the chains of memories that are stored together: a link may come before or after what it links to, and may join
 * two stored parts of a chain into one.
 */
export class ImportedChains {
  /** Chain → the chain that it became a part of. */
  readonly #joined = new Map<string, string>();
  readonly #chains: Map<string, string>;
  readonly #stored: ReadonlySet<string>;
  /** Named memory → the chains of those that name it and came before it. */
  readonly #awaited = new Map<string, string[]>();

  /**
   * @param stored memory's id → id of its chain, of what is stored
   * @param successors stored predecessor's id → its successor's id
   */
  constructor(
    stored: ReadonlyMap<string, string>,
    private readonly successors: ReadonlyMap<string, string>,
  ) {
    this.#chains = new Map(stored);
    this.#stored = new Set(stored.values());
  }

  add({ id, supersedes, supersededBy }: Memory): void {
    this.#chains.set(id, id);
    for (const neighbour of [supersedes, supersededBy, this.successors.get(id)]) {
      if (neighbour === undefined) continue;
      const chain = this.#chains.get(neighbour);
      if (chain === undefined) this.#awaited.set(neighbour, [...(this.#awaited.get(neighbour) ?? []), id]);
      else this.#join(id, chain);
    }
    for (const waiting of this.#awaited.get(id) ?? []) this.#join(id, waiting);
  }

  /** The chain of a memory that was added. */
  chainOf(id: string): string {
    return this.#root(this.#chains.get(id) ?? id);
  }

  /** Stored chains that became parts of others. */
  joined(): readonly { readonly from: string; readonly to: string }[] {
    const stored = [...this.#joined.keys()].filter((chain) => this.#stored.has(chain));
    return stored.map((from) => ({ from, to: this.#root(from) }));
  }

  #join(one: string, other: string): void {
    const [from, to] = [this.#root(one), this.#root(other)];
    if (from === to) return;
    // What is stored keeps its chain, so that it need not be written again.
    if (this.#stored.has(from) && !this.#stored.has(to)) this.#joined.set(to, from);
    else this.#joined.set(from, to);
  }

  #root(chain: string): string {
    let root = chain;
    for (let next = this.#joined.get(root); next !== undefined; next = this.#joined.get(root)) root = next;
    return root;
  }
}
