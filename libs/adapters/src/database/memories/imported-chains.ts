/** The chains of memories that are stored together: each link joins two parts of a chain, stored or not, into one. */
export class ImportedChains {
  /** Chain → the chain that it became a part of. */
  readonly #joined = new Map<string, string>();
  readonly #stored: ReadonlySet<string>;

  /** @param chains id of a stored memory → id of its chain */
  constructor(private readonly chains: ReadonlyMap<string, string>) {
    this.#stored = new Set(chains.values());
  }

  /** A memory that is not stored begins as a chain of its own. */
  chainOf(id: string): string {
    let root = this.chains.get(id) ?? id;
    for (let next = this.#joined.get(root); next !== undefined; next = this.#joined.get(root)) root = next;
    return root;
  }

  /** @returns false when the link would close a circle: both are parts of one chain already. */
  join(one: string, other: string): boolean {
    const [from, to] = [this.chainOf(one), this.chainOf(other)];
    if (from === to) return false;
    // What is stored keeps its chain, so that it need not be written again.
    if (this.#stored.has(from) && !this.#stored.has(to)) this.#joined.set(to, from);
    else this.#joined.set(from, to);
    return true;
  }

  /** Stored chains that became parts of others. */
  joined(): readonly { readonly from: string; readonly to: string }[] {
    const stored = [...this.#joined.keys()].filter((chain) => this.#stored.has(chain));
    return stored.map((from) => ({ from, to: this.chainOf(from) }));
  }
}
