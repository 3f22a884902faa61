/** One memory to be stored, and what it stands for in the data set. */
export interface CorpusMemory {
  /** Unique in the corpus, such as `conv-26/D3:5`. */
  readonly key: string;
  /** As `POST /v1/memories/batch` takes it. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CorpusQuestion {
  readonly userId: string;
  readonly query: string;
  readonly category: string;
  /** Keys of the memories that hold the answer; never empty. */
  readonly wanted: ReadonlySet<string>;
}

/** What is stored and asked, in one way that a client may use the API. */
export interface Corpus {
  readonly name: string;
  readonly memories: readonly CorpusMemory[];
  readonly questions: readonly CorpusQuestion[];
  /** The session of a memory, by its key. */
  sessionOf(key: string): string;
}
