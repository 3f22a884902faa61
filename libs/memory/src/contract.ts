import type { HeadroomError, JsonObject, Message, Scope, ScopeLevel } from '#libs/kernel';
import type { Memory, MemoryCategory, MemorySource, OnSubject } from './model/memory.js';
import type { ScopeMode } from './ports/memory-store.js';
import type { MemoryFilter } from './search/filter.js';

/** What a client says about a memory that it wants kept; defaults are filled in by the service. */
export interface MemoryDraft {
  readonly scope: Scope;
  readonly content: string;
  /** Default `fact`. */
  readonly category?: MemoryCategory | undefined;
  /** 0–1, default 0.5. */
  readonly importance?: number | undefined;
  readonly subject?: string | undefined;
  /** Default `supersede`. */
  readonly onSubject?: OnSubject | undefined;
  readonly entities?: readonly string[] | undefined;
  readonly metadata?: JsonObject | undefined;
  /** Default now. */
  readonly validFrom?: Date | undefined;
  readonly expiresAt?: Date | undefined;
  readonly source?: MemorySource | undefined;
}

/** A current memory of the same scope that says nearly the same; it is reported, never touched. */
export interface NearDuplicate {
  readonly id: string;
  /** Cosine similarity, or 1 for an equal set of terms. */
  readonly similarity: number;
}

export interface CreateOutcome {
  /** `duplicate`: the same text was there already and `memory` is the one that was there. */
  readonly status: 'created' | 'duplicate';
  readonly memory: Memory;
  /** The memory on the same subject that this one replaced. */
  readonly superseded?: Memory | undefined;
  readonly nearDuplicate?: NearDuplicate | undefined;
}

export type BatchItemOutcome =
  | {
      readonly index: number;
      readonly status: 'created' | 'duplicate';
      readonly memory: Memory;
      /** Null when there is none; left out where it was not looked for. */
      readonly nearDuplicate?: NearDuplicate | null | undefined;
    }
  | { readonly index: number; readonly status: 'error'; readonly error: HeadroomError };

/** What may be said about a successor; all else is inherited from the memory it replaces. */
export interface SupersedeDraft {
  readonly content: string;
  readonly validFrom?: Date | undefined;
  readonly importance?: number | undefined;
  readonly metadata?: JsonObject | undefined;
  readonly reason?: string | undefined;
}

export interface ListRequest {
  readonly scope: Scope;
  /** Default `resolve`. */
  readonly scopeMode?: ScopeMode | undefined;
  readonly scopeLevel?: ScopeLevel | undefined;
  readonly category?: MemoryCategory | undefined;
  readonly subject?: string | undefined;
  readonly includeSuperseded?: boolean | undefined;
  readonly asOf?: Date | undefined;
  readonly knownAsOf?: Date | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  readonly minImportance?: number | undefined;
  readonly filter?: MemoryFilter | undefined;
  /** Default `created_at`. */
  readonly orderBy?: 'created_at' | 'importance' | 'last_accessed_at' | undefined;
  /** Default `desc`. */
  readonly order?: 'asc' | 'desc' | undefined;
  /** 1–200, default 50. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** Every member of a chain, oldest first, tombstones included. */
export interface MemoryHistory {
  readonly chain: readonly Memory[];
  /** Null when the end of the chain was deleted or retired. */
  readonly currentId: string | null;
}

export const SEARCH_MODES = ['hybrid', 'semantic', 'keyword'] as const;
export type SearchMode = (typeof SEARCH_MODES)[number];

export interface SearchRequest {
  readonly scope: Scope;
  readonly query: string;
  /** Default `resolve`. */
  readonly scopeMode?: ScopeMode | undefined;
  /** 1–100, default 10. */
  readonly topK?: number | undefined;
  /** Default `hybrid`. */
  readonly mode?: SearchMode | undefined;
  readonly filter?: MemoryFilter | undefined;
  /** 0–1; compared with the hit's score. */
  readonly minScore?: number | undefined;
  readonly asOf?: Date | undefined;
  readonly knownAsOf?: Date | undefined;
  readonly includeSuperseded?: boolean | undefined;
  /** The contents of the hits together cost at most this many tokens. */
  readonly maxTokens?: number | undefined;
  readonly explain?: boolean | undefined;
}

/** Where one search arm saw a hit: rank from 1, and the arm's own score (BM25 or cosine). */
export interface ArmSignal {
  readonly rank: number;
  readonly score: number;
}

/** The bounded share that each boost adds to a hit's fused score, from 0. */
export interface Boosts {
  readonly importance: number;
  readonly recency: number;
  readonly scope: number;
}

export interface SearchHit {
  readonly memory: Memory;
  /** 0–1: 1 is first in every arm with every boost. Comparable within one answer. */
  readonly score: number;
  readonly signals: { readonly semantic?: ArmSignal | undefined; readonly keyword?: ArmSignal | undefined };
  readonly scopeLevel: ScopeLevel;
  /** Broader memories on the same subject that this one stands in front of. */
  readonly shadows?: readonly string[] | undefined;
  /** With `explain` only. */
  readonly boosts?: Boosts | undefined;
}

export type SearchGate =
  'superseded' | 'expired' | 'shadowed' | 'promoted' | 'min_score' | 'top_k' | 'max_tokens';

/** A memory that matched but is not in the answer, and the gate that kept it out. */
export interface NearMiss {
  readonly id: string;
  readonly gate: SearchGate;
  readonly score?: number | undefined;
}

/** Why the semantic arm did not answer although it was asked for. */
export type SearchFallback = 'no_embedder' | 'embedder_timeout' | 'embedder_failed';

export interface SearchOutcome {
  readonly hits: readonly SearchHit[];
  /** The arms that really answered. */
  readonly mode: SearchMode;
  readonly fallback?: SearchFallback | undefined;
  readonly suppressed: { readonly superseded: number; readonly expired: number; readonly shadowed: number };
  /** What the contents of the hits cost together. */
  readonly tokens: number;
  /** With `explain` only. */
  readonly nearMisses?: readonly NearMiss[] | undefined;
}

export interface InjectRequest {
  readonly messages: readonly Message[];
  readonly scope: Scope;
  /** Decides the token encoding. */
  readonly model?: string | undefined;
  /** Default 5. */
  readonly topK?: number | undefined;
  /** Budget of the block with its frame; default 1,024. */
  readonly maxTokens?: number | undefined;
  /** Whether to ask the model for new memories; default true. */
  readonly extract?: boolean | undefined;
}

export interface InjectOutcome {
  /** The same array when nothing was added; untouched messages are the same objects. */
  readonly messages: readonly Message[];
  /** What was added, best first. */
  readonly memories: readonly { readonly id: string; readonly content: string; readonly score: number }[];
  /** What the messages cost more than before, the extraction instruction included. */
  readonly tokensAdded: number;
}

export interface ExtractRequest {
  /** A model's answer, memory blocks and all. */
  readonly content: string;
  readonly scope: Scope;
  readonly source?: MemorySource | undefined;
}

export interface StoreBlocksRequest {
  /** The inner texts of memory blocks, as `MemoryBlockStripper` collects them. */
  readonly blocks: readonly string[];
  readonly scope: Scope;
  readonly source?: MemorySource | undefined;
}

export interface StoreBlocksOutcome {
  readonly stored: readonly Memory[];
  /** What was known already; its `alsoSeen` grew. */
  readonly duplicates: readonly Memory[];
  readonly superseded: readonly string[];
  readonly rejected: readonly { readonly content: string; readonly reason: string }[];
  /** Blocks that were not the JSON that was asked for. */
  readonly malformed: number;
}

export interface ExtractOutcome extends StoreBlocksOutcome {
  /** The answer without its blocks. */
  readonly content: string;
}
