import type { JsonObject, Scope } from '#libs/kernel';

export const MEMORY_CATEGORIES = ['preference', 'fact', 'context', 'entity', 'decision', 'insight'] as const;
export type MemoryCategory = (typeof MEMORY_CATEGORIES)[number];

/** Where a memory came from. */
export interface MemorySource {
  readonly conversationId?: string | undefined;
  readonly messageIndex?: number | undefined;
  readonly agent?: string | undefined;
}

/** A further occurrence of the same content. */
export interface Sighting {
  readonly at: Date;
  readonly source?: MemorySource | undefined;
}

/** One remembered fact. Valid time says when it holds, recorded time when we came to believe it. */
export interface Memory {
  /** `mem_` + UUIDv7. */
  readonly id: string;
  readonly scope: Scope;
  readonly content: string;
  readonly category: MemoryCategory;
  /** 0–1. */
  readonly importance: number;
  /** A short key such as `employer`: a narrower or newer memory on the same subject replaces this one. */
  readonly subject?: string | undefined;
  readonly entities: readonly string[];
  readonly metadata: JsonObject;
  readonly source?: MemorySource | undefined;
  readonly alsoSeen: readonly Sighting[];
  /** Half-open: valid at `t` when `validFrom ≤ t < validUntil`. */
  readonly validFrom: Date;
  readonly validUntil?: Date | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When the end of its validity was recorded. */
  readonly supersededAt?: Date | undefined;
  readonly supersedes?: string | undefined;
  /** Undefined on the end of a chain, also on one that a rollback retired: ended, with nothing in its place. */
  readonly supersededBy?: string | undefined;
  /** Why it superseded its predecessor. */
  readonly reason?: string | undefined;
  readonly promotedFrom?: string | undefined;
  /** What stands for it at a broader level: when it was promoted, the same was known there already. */
  readonly promotedTo?: string | undefined;
  readonly expiresAt?: Date | undefined;
  /** Set on a tombstone: the content is erased, the link in the chain stays. */
  readonly deletedAt?: Date | undefined;
  readonly accessCount: number;
  readonly lastAccessedAt?: Date | undefined;
  /** SHA-256 hex of the normalised content; equal within one scope means the same memory. */
  readonly contentHash: string;
  /** The model whose vector is stored; undefined while none is. */
  readonly embeddingModel?: string | undefined;
  /** Counts writes, from 1; the ETag is made of it. */
  readonly version: number;
}

/** Where a successor can begin at the earliest; a retired memory has an end already, which stays as it was recorded. */
export function earliestSuccession(ended: Pick<Memory, 'validFrom' | 'validUntil'>): Date {
  return ended.validUntil ?? ended.validFrom;
}

/** What may change without superseding. */
export interface MemoryPatch {
  readonly importance?: number | undefined;
  readonly category?: MemoryCategory | undefined;
  readonly entities?: readonly string[] | undefined;
  readonly metadata?: JsonObject | undefined;
  /** null removes the expiry. */
  readonly expiresAt?: Date | null | undefined;
}

/** What to do when a current memory of the same scope has the same subject. */
export type OnSubject = 'supersede' | 'coexist' | 'conflict';

export function isMemoryCategory(value: unknown): value is MemoryCategory {
  return (MEMORY_CATEGORIES as readonly unknown[]).includes(value);
}
