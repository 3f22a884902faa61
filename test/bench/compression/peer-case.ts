/** A tool result of one kind, with what must still stand in it when it has been compressed. */
export interface PeerInput {
  readonly text: string;
  readonly query: string;
  /** One text per item that reports an error, found nowhere else in the input. */
  readonly errors: readonly string[];
}

/** What a peer made of such an input: tokens, and milliseconds at the median. */
export interface PeerFigure {
  readonly tokens: number;
  readonly ms: number;
}

export interface PeerCase {
  readonly name: string;
  readonly tokensIn: number;
  /** Headroom v0.5.18, the whole pipeline in Python. */
  readonly python: PeerFigure;
  /** Its successor's crusher alone, in Rust; where it has none for the kind, its cut by lines. */
  readonly rust: PeerFigure;
  /** The same kind again with other values; field names and spacing change with the seed. */
  readonly make: (seed: number) => PeerInput;
}
