import type { Caller, Page, PageRequest, Scope, ScopeLevel } from '#libs/kernel';
import type { Memory, MemoryCategory, MemoryPatch, OnSubject } from '../model/memory.js';
import type { KeywordQuery } from '../ranking/rank-by-terms.js';
import type { MemoryTraits } from '../ranking/traits.js';
import type { Rollback, RollbackChange } from '../rollback/rollback.js';
import type { MemoryFilter } from '../search/filter.js';
import type { ImportVerdict } from '../transfer/judge-import.js';
import type { BrokenLink } from '../transfer/settle-chains.js';

/** `resolve`: this scope and all above it; `exact`: this scope alone; `subtree`: this scope and all below it. */
export type ScopeMode = 'resolve' | 'exact' | 'subtree';

/** Which memories a read can see. A store applies it inside its query, never after a limit. */
export interface MemoryView {
  readonly scope: Scope;
  readonly mode: ScopeMode;
  /** Now, from the clock: what has expired by then is not seen. */
  readonly now: Date;
  /** What was valid at this instant (default now). */
  readonly asOf?: Date | undefined;
  /** What was believed at this instant of recorded time (default now). */
  readonly knownAsOf?: Date | undefined;
  readonly includeSuperseded: boolean;
  readonly filter?: MemoryFilter | undefined;
}

export interface MemoryListQuery extends PageRequest {
  readonly view: MemoryView;
  readonly scopeLevel?: ScopeLevel | undefined;
  readonly category?: MemoryCategory | undefined;
  /** Any of these. */
  readonly subjects?: readonly string[] | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  readonly minImportance?: number | undefined;
  readonly orderBy: 'created_at' | 'importance' | 'last_accessed_at';
  readonly order: 'asc' | 'desc';
}

/** A memory to store, with what the keyword arm finds and ranks it by. */
export interface NewMemory {
  readonly memory: Memory;
  /** Analysed terms in text order, repeats included; see the analyser in `libs/relevance`. */
  readonly terms: readonly string[];
  readonly traits: MemoryTraits;
  readonly embedding?: Embedding | undefined;
}

export interface Embedding {
  readonly model: string;
  readonly vector: Float32Array;
}

export type InsertOutcome =
  | { readonly status: 'created'; readonly memory: Memory; readonly superseded?: Memory | undefined }
  | { readonly status: 'duplicate'; readonly memory: Memory };

/** A candidate of one search arm; a higher score is better: BM25 from 0 up, or cosine similarity. */
export interface ArmHit {
  readonly memory: Memory;
  readonly score: number;
}

/** What would have been among the hits, had the view not gated it out. */
export interface SuppressedHit {
  readonly id: string;
  readonly score: number;
}

export interface ArmHits {
  /** Best first. */
  readonly hits: readonly ArmHit[];
  /** As good as the last hit, or matching at all where there is room; of each kind at most as many as were asked for. */
  readonly suppressed: {
    readonly superseded: readonly SuppressedHit[];
    readonly expired: readonly SuppressedHit[];
  };
}

export interface KeywordHits extends ArmHits {
  /** What a memory would score that has every term of the query, in an episode that has them too. */
  readonly full: number;
}

export interface MemoryStats {
  readonly total: number;
  readonly current: number;
  readonly superseded: number;
  readonly byCategory: Readonly<Record<string, number>>;
  readonly byScopeLevel: Readonly<Record<string, number>>;
  readonly oldest?: Date | undefined;
  readonly newest?: Date | undefined;
}

/** A model of which there are vectors, and how long these are. */
export interface StoredModel {
  readonly model: string;
  readonly dimensions: number;
}

/** A memory that waits for its vector, and on whose behalf it is embedded. */
export interface PendingEmbedding {
  readonly caller: Caller;
  readonly id: string;
  readonly content: string;
}

/** A part of what a scope holds, in stored order. */
export interface StoredPage {
  readonly memories: readonly Memory[];
  /** Where the next page begins; null after the last one. */
  readonly next: number | null;
}

/**
 * Keeps memories, their chains and their indexes. Every method is one transaction bound to the caller's tenant;
 * rows, text index, vectors and history change together or not at all.
 */
export abstract class MemoryStore {
  /**
   * Stores a memory. The same content hash, current in the same scope, is a duplicate: its `alsoSeen` grows and
   * nothing is created. A current memory of the same scope and subject is handled as `onSubject` says.
   * @throws HeadroomError `conflict` with `current_id` for `onSubject: 'conflict'`.
   */
  abstract insert(caller: Caller, memory: NewMemory, onSubject: OnSubject): Promise<InsertOutcome>;

  /** {@link insert} for many in one transaction; a faulty one yields its error and spoils no other. */
  abstract insertMany(
    caller: Caller,
    memories: readonly { readonly memory: NewMemory; readonly onSubject: OnSubject }[],
  ): Promise<readonly (InsertOutcome | Error)[]>;

  /** Whatever its state, tombstones excepted; null when unknown or another tenant's. */
  abstract find(caller: Caller, id: string): Promise<Memory | null>;

  /** What the view sees, newest first by default; a memory whose promoted copy is in the list too is left out. */
  abstract list(caller: Caller, query: MemoryListQuery): Promise<Page<Memory>>;

  /** @throws HeadroomError `not_found`; `precondition_failed` when `expectedVersion` is not the current one. */
  abstract patch(
    caller: Caller,
    id: string,
    patch: MemoryPatch,
    at: Date,
    expectedVersion?: number,
  ): Promise<Memory>;

  /**
   * Ends `id`'s validity at the successor's `validFrom` and stores the successor, linked both ways.
   * @throws HeadroomError `not_found`; `conflict` with `current_id` when it is already superseded;
   * `validation_error` when the successor's `validFrom` lies before `id`'s; `precondition_failed`.
   */
  abstract supersede(
    caller: Caller,
    id: string,
    successor: NewMemory,
    expectedVersion?: number,
  ): Promise<{ readonly memory: Memory; readonly superseded: Memory }>;

  /** The whole chain of any of its members, oldest first, tombstones included; empty when unknown. */
  abstract chain(caller: Caller, id: string): Promise<readonly Memory[]>;

  /** Erases the content and leaves a tombstone; false when unknown. */
  abstract remove(caller: Caller, id: string, at: Date, expectedVersion?: number): Promise<boolean>;

  /** Erases every memory of a scope's subtree, history included. @returns how many. */
  abstract removeScope(caller: Caller, scope: Scope): Promise<number>;

  abstract stats(caller: Caller, scope: Scope, now: Date): Promise<MemoryStats>;

  /** Ranked by `rankByTerms`; a memory that shares a term with the query, or whose neighbour does, is a candidate. */
  abstract keywordHits(
    caller: Caller,
    view: MemoryView,
    query: KeywordQuery,
    limit: number,
  ): Promise<KeywordHits>;

  /** What the view sees that holds every one of the analysed terms, newest first; none for no terms. */
  abstract withTerms(
    caller: Caller,
    view: MemoryView,
    terms: readonly string[],
    limit: number,
  ): Promise<readonly Memory[]>;

  /** Cosine similarity over the vectors of the embedding's model. */
  abstract semanticHits(caller: Caller, view: MemoryView, query: Embedding, limit: number): Promise<ArmHits>;

  /**
   * Attaches a model's vectors, by memory id, that came after the memories, in place of an earlier model's: a memory has
   * one vector at most. One whose memory is gone is left out.
   */
  abstract saveEmbeddings(
    caller: Caller,
    model: string,
    vectors: ReadonlyMap<string, Float32Array>,
  ): Promise<void>;

  /** The models of which there are vectors, of any tenant. */
  abstract embeddingModels(): Promise<readonly StoredModel[]>;

  /** Memories of any tenant that have no vector, or one of a model to be replaced, oldest first. */
  abstract withoutEmbedding(replaced: readonly string[], limit: number): Promise<readonly PendingEmbedding[]>;

  abstract countWithoutEmbedding(replaced: readonly string[]): Promise<number>;

  /** How many memories of any tenant have a vector of this model. */
  abstract countEmbedded(model: string): Promise<number>;

  /** Adds to memories how often each was read, by id; called lazily, off the read path. */
  abstract recordAccess(caller: Caller, reads: ReadonlyMap<string, number>, at: Date): Promise<void>;

  /**
   * Returns every chain of a scope's subtree to what was current at an instant of recorded time, as `planRollback`
   * says, by appending the links that `restored` makes. Writers of the user's memories wait until it is done.
   */
  abstract rollback(
    caller: Caller,
    rollback: Rollback,
    restored: (end: Memory, older: Memory) => NewMemory,
  ): Promise<readonly RollbackChange[]>;

  /** What a scope's subtree holds behind a position (0: from its beginning), tombstones included, in stored order. */
  abstract storedAfter(caller: Caller, scope: Scope, position: number, limit: number): Promise<StoredPage>;

  /** The position of a memory or tombstone; null when unknown. */
  abstract positionOf(caller: Caller, id: string): Promise<number | null>;

  /**
   * Stores memories of one user as they are, ids, times and links included, together or not at all, as `judgeImport`
   * says. A link is made as soon as both of its ends are there and tell of each other; until then each stands for
   * itself and awaits the other. One of many pieces: a crash of the process loses nothing, one of the machine may lose
   * the latest until {@link persistImported}.
   */
  abstract importMany(caller: Caller, memories: readonly NewMemory[]): Promise<readonly ImportVerdict[]>;

  /** Everything that was imported is on disk when this resolves. */
  abstract persistImported(): Promise<void>;

  /**
   * Makes the chains of imported memories of one user whole: a predecessor that does not know its successor yet is
   * ended by it, and of a chain that still awaits something these memories are erased. @returns what was, and why.
   */
  abstract settleImport(
    caller: Caller,
    userId: string,
    ids: readonly string[],
  ): Promise<readonly BrokenLink[]>;

  /** Erases expired memories and turn memories older than a day, across all tenants. @returns how many. */
  abstract sweep(now: Date): Promise<number>;
}
