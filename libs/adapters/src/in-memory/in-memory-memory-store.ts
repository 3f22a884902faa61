import type { Caller, ErasureReceipt, Page, Scope } from '#libs/kernel';
import { MemoryStore } from '#libs/memory';
import type {
  ArmHits,
  BrokenLink,
  Embedding,
  ImportVerdict,
  InsertOutcome,
  KeywordHits,
  KeywordQuery,
  Memory,
  MemoryListQuery,
  MemoryPatch,
  MemoryStats,
  MemoryView,
  NewMemory,
  OnSubject,
  PendingEmbedding,
  Rollback,
  RollbackChange,
  StoredModel,
  StoredPage,
} from '#libs/memory';
import type { Erasable } from './erasable.js';
import { KeptMemories } from './kept-memories.js';
import { chainOf, supersedeMemory } from './memory-chains.js';
import { pendingEmbeddings, saveEmbeddings, storedModels } from './memory-embeddings.js';
import { eraseDue, eraseMemoriesOf, eraseScope, removeMemory } from './memory-erasure.js';
import { listMemories, memoryStats } from './memory-reads.js';
import { rollBackMemories } from './memory-rollback.js';
import { nearest, searchByTerms, withAllTerms } from './memory-search.js';
import { importMemories, settleImported, storedAfter } from './memory-transfer.js';
import { countReads, insertBatch, insertMemory, patchMemory } from './memory-writes.js';

/** Keeps memories in the process; every method runs to its end without a pause, so each is one transaction. */
export class InMemoryMemoryStore extends MemoryStore implements Erasable {
  readonly #kept = new KeptMemories();

  override insert(caller: Caller, memory: NewMemory, onSubject: OnSubject): Promise<InsertOutcome> {
    return atOnce(() => insertMemory(this.#kept, caller, memory, onSubject));
  }

  override insertMany(
    caller: Caller,
    memories: readonly { readonly memory: NewMemory; readonly onSubject: OnSubject }[],
  ): Promise<readonly (InsertOutcome | Error)[]> {
    return atOnce(() => insertBatch(this.#kept, caller, memories));
  }

  override find(caller: Caller, id: string): Promise<Memory | null> {
    return atOnce(() => this.#kept.living(caller, id)?.memory ?? null);
  }

  override list(caller: Caller, query: MemoryListQuery): Promise<Page<Memory>> {
    return atOnce(() => listMemories(this.#kept.of(caller), query));
  }

  override patch(
    caller: Caller,
    id: string,
    patch: MemoryPatch,
    at: Date,
    expectedVersion?: number,
  ): Promise<Memory> {
    return atOnce(() => patchMemory(this.#kept, caller, id, patch, at, expectedVersion));
  }

  override supersede(
    caller: Caller,
    id: string,
    successor: NewMemory,
    expectedVersion?: number,
  ): Promise<{ readonly memory: Memory; readonly superseded: Memory }> {
    return atOnce(() => supersedeMemory(this.#kept, caller, id, successor, expectedVersion));
  }

  override chain(caller: Caller, id: string): Promise<readonly Memory[]> {
    return atOnce(() => chainOf(this.#kept, caller, id).map(({ memory }) => memory));
  }

  override remove(caller: Caller, id: string, at: Date, expectedVersion?: number): Promise<boolean> {
    return atOnce(() => removeMemory(this.#kept, caller, id, at, expectedVersion));
  }

  override removeScope(caller: Caller, scope: Scope): Promise<number> {
    return atOnce(() => eraseScope(this.#kept, caller, scope));
  }

  override stats(caller: Caller, scope: Scope, now: Date): Promise<MemoryStats> {
    return atOnce(() => memoryStats(this.#kept.of(caller), scope, now));
  }

  override keywordHits(
    caller: Caller,
    view: MemoryView,
    query: KeywordQuery,
    limit: number,
  ): Promise<KeywordHits> {
    return atOnce(() => searchByTerms(this.#kept.of(caller), view, query, limit));
  }

  override withTerms(
    caller: Caller,
    view: MemoryView,
    terms: readonly string[],
    limit: number,
  ): Promise<readonly Memory[]> {
    return atOnce(() => withAllTerms(this.#kept.of(caller), view, terms, limit));
  }

  override semanticHits(caller: Caller, view: MemoryView, query: Embedding, limit: number): Promise<ArmHits> {
    return atOnce(() => nearest(this.#kept.of(caller), view, query, limit));
  }

  override saveEmbeddings(
    caller: Caller,
    model: string,
    vectors: ReadonlyMap<string, Float32Array>,
  ): Promise<void> {
    return atOnce(() => {
      saveEmbeddings(this.#kept, caller, model, vectors);
    });
  }

  override embeddingModels(): Promise<readonly StoredModel[]> {
    return atOnce(() => storedModels(this.#kept.all()));
  }

  override withoutEmbedding(
    replaced: readonly string[],
    limit: number,
  ): Promise<readonly PendingEmbedding[]> {
    return atOnce(() => pendingEmbeddings(this.#kept.all(), replaced).slice(0, limit));
  }

  override countWithoutEmbedding(replaced: readonly string[]): Promise<number> {
    return atOnce(() => pendingEmbeddings(this.#kept.all(), replaced).length);
  }

  override countEmbedded(model: string): Promise<number> {
    return atOnce(() => this.#kept.all().filter(({ vectors }) => vectors.has(model)).length);
  }

  override recordAccess(caller: Caller, reads: ReadonlyMap<string, number>, at: Date): Promise<void> {
    return atOnce(() => {
      countReads(this.#kept, caller, reads, at);
    });
  }

  override rollback(
    caller: Caller,
    rollback: Rollback,
    restored: (end: Memory, older: Memory) => NewMemory,
  ): Promise<readonly RollbackChange[]> {
    return atOnce(() => rollBackMemories(this.#kept, caller, rollback, restored));
  }

  override storedAfter(caller: Caller, scope: Scope, position: number, limit: number): Promise<StoredPage> {
    return atOnce(() => storedAfter(this.#kept.of(caller), scope, position, limit));
  }

  override positionOf(caller: Caller, id: string): Promise<number | null> {
    return atOnce(() => this.#kept.find(caller, id)?.seq ?? null);
  }

  override importMany(caller: Caller, memories: readonly NewMemory[]): Promise<readonly ImportVerdict[]> {
    return atOnce(() => importMemories(this.#kept, caller, memories));
  }

  override async persistImported(): Promise<void> {
    // Nothing of this store is ever on disk.
  }

  override settleImport(
    caller: Caller,
    userId: string,
    ids: readonly string[],
  ): Promise<readonly BrokenLink[]> {
    return atOnce(() => settleImported(this.#kept, caller, userId, ids));
  }

  override sweep(now: Date): Promise<number> {
    return atOnce(() => eraseDue(this.#kept, now));
  }

  eraseUser(tenantId: string, userId: string): Partial<ErasureReceipt> {
    return eraseMemoriesOf(this.#kept, tenantId, userId);
  }
}

/** The answer, or the error, comes in a promise, as it does from a database. */
function atOnce<T>(work: () => T): Promise<T> {
  return Promise.resolve().then(work);
}
