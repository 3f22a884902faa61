import type { JsonObject, Page, PageRequest } from '#libs/kernel';

/** Content as it came: text, or the JSON text of a value, number literals and all. */
export interface SharedContent {
  readonly kind: 'text' | 'json';
  readonly text: string;
}

/** One thing that an agent handed to the others, with its compressed view. */
export interface SharedEntry {
  readonly context: string;
  readonly key: string;
  readonly agent?: string | undefined;
  readonly userId?: string | undefined;
  /** Counts puts of this key from 1 and goes on after a delete, so that an old ETag never matches a new entry. */
  readonly version: number;
  /** Hash of the original: 24 lowercase hex of SHA-256. */
  readonly hash: string;
  /** JSON content is kept as JSON text; this says which it was. */
  readonly contentKind: 'text' | 'json';
  readonly original: string;
  readonly compressed: string;
  readonly originalTokens: number;
  readonly compressedTokens: number;
  readonly transforms: readonly string[];
  /** What it was made from, as far as the reader may see it. */
  readonly derivedFrom: readonly EntrySource[];
  readonly metadata: JsonObject;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A version of an entry of the same context that another entry was made from. */
export interface EntrySource {
  readonly key: string;
  readonly version: number;
}

/** Without a version: the one that is there when the entry is put. */
export interface SourceRequest {
  readonly key: string;
  readonly version?: number | undefined;
}

/** An entry to put: which version it becomes, and of which versions it was made, is found out by the store. */
export type EntryDraft = Omit<SharedEntry, 'version' | 'derivedFrom'> & {
  readonly derivedFrom?: readonly SourceRequest[] | undefined;
};

/** What a put has done. */
export interface StoredPut {
  readonly entry: SharedEntry;
  /** False when the key held an entry before. */
  readonly created: boolean;
  /** Keys that had to make room, oldest first. */
  readonly evicted: readonly string[];
}

/** An entry without its contents, for lists. */
export type SharedEntrySummary = Omit<SharedEntry, 'original' | 'compressed'>;

export type EntryLookup =
  | { readonly status: 'found'; readonly entry: SharedEntry }
  | { readonly status: 'expired'; readonly expiredAt: Date }
  | { readonly status: 'unknown' };

export interface SharedContextConfig {
  readonly model?: string | undefined;
  readonly ttlSeconds: number;
  readonly maxEntries: number;
}

export const DEFAULT_SHARED_CONTEXT_CONFIG: SharedContextConfig = { ttlSeconds: 3600, maxEntries: 100 };

/** A trace of a gone entry, which carries its version and tells expired from unknown, is kept for 30 days. */
export const ENTRY_TRACE_SECONDS = 2_592_000;

export interface SharedContextTotals {
  readonly entries: number;
  readonly totalOriginalTokens: number;
  readonly totalCompressedTokens: number;
}

/** What a put demands of the entry that is there: any, none (`If-None-Match: *`), or one version (`If-Match`). */
export type PutCondition =
  | { readonly kind: 'any' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'version'; readonly version: number };

export type EntryPage = Page<SharedEntrySummary>;
export type EntryPageRequest = PageRequest;
