/** How an index is made; the same for all. Recall and build time are weighed in the decision record. */
export const GRAPH = { links: 16, efConstruction: 128, ef: 200, seed: 100 } as const;

/** Up to which change of which epoch an index holds its group's vectors; see `VectorTotals`. */
export interface IndexPlace {
  readonly epoch: string;
  readonly revision: number;
}

/** The files of an index: `<name>.json` says which other files belong to it. */
export interface IndexFiles {
  readonly folder: string;
  readonly name: string;
}

export type IndexTask =
  | { readonly kind: 'load'; readonly epoch: string }
  /** Vectors of length 1, one after the other, with the numbers of their memories. */
  | { readonly kind: 'add'; readonly seqs: readonly number[]; readonly vectors: Float32Array }
  | { readonly kind: 'keepOnly'; readonly seqs: readonly number[] }
  | { readonly kind: 'search'; readonly query: Float32Array; readonly count: number }
  | { readonly kind: 'save'; readonly place: IndexPlace };

export interface IndexAnswers {
  /** Undefined where there is no index that can be used. */
  readonly load: (IndexPlace & { readonly size: number }) | undefined;
  /** How many vectors there are. */
  readonly add: number;
  readonly keepOnly: number;
  readonly search: { readonly seqs: readonly number[]; readonly similarities: readonly number[] };
  readonly save: undefined;
}

export interface WorkerRequest {
  readonly id: number;
  readonly task: IndexTask;
}

export type WorkerReply =
  | { readonly id: number; readonly answer: IndexAnswers[keyof IndexAnswers] }
  | { readonly id: number; readonly error: string };

export interface WorkerSetup {
  readonly files: IndexFiles;
  readonly dimensions: number;
}
