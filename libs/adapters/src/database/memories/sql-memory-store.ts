import { requireUser } from '#libs/kernel';
import type { Caller, Clock, Page, Scope } from '#libs/kernel';
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
import type { Database } from '../database.js';
import { forgetAllTellings } from '../erasure/forget-tellings.js';
import { once, type Repeatable } from '../idempotency/once.js';
import { joinSql, sql } from '../sql.js';
import type { Unit, UnitOptions } from '../unit-of-work.js';
import { EmbeddingBacklog } from './embedding-backlog.js';
import { searchByTerms, withAllTerms } from './keyword-search.js';
import { inLinkOrder } from './link-order.js';
import { memoriesLock } from './memories-lock.js';
import { MemoryOutlines } from './memory-outlines.js';
import { listMemories, memoryStats } from './memory-reads.js';
import { rollBackMemories } from './memory-rollback.js';
import { importMemories, positionOfMemory, storedMemories } from './memory-transfer.js';
import { settleImported } from './settled-chains.js';
import { MemoryRows } from './memory-rows.js';
import { repeatableInsert, repeatableInserts, repeatableSuccession } from './repeatable-writes.js';
import { sweepMemories } from './memory-sweep.js';
import { inScope } from './memory-view.js';
import { insertBatch, insertMemories, patchMemory, removeMemory, supersedeMemory } from './memory-writes.js';

const READS_PER_STATEMENT = 500;

/** Memories on SQLite and PostgreSQL; vectors by pgvector where the database has it. */
export class SqlMemoryStore extends MemoryStore {
  readonly #outlines = new MemoryOutlines();
  readonly #backlog: EmbeddingBacklog;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly vectors = database.vectors,
  ) {
    super();
    this.#backlog = new EmbeddingBacklog(database);
  }

  override async insert(caller: Caller, memory: NewMemory, onSubject: OnSubject): Promise<InsertOutcome> {
    const { userId } = memory.memory.scope;
    requireUser(caller, userId);
    const repeatable = repeatableInsert(this.#rowsFor(caller), userId);
    return this.#writeOnce(caller, memoriesLock(userId), repeatable, async (rows, unit) => {
      const [outcome] = await insertMemories(unit, rows, [{ memory, onSubject }], this.clock.now());
      if (outcome === undefined) throw new TypeError('An inserted memory has no outcome.');
      if (outcome instanceof Error) throw outcome;
      return outcome;
    });
  }

  override insertMany(
    caller: Caller,
    memories: readonly { readonly memory: NewMemory; readonly onSubject: OnSubject }[],
  ): Promise<readonly (InsertOutcome | Error)[]> {
    const locks = memories.map(({ memory }) => memoriesLock(memory.memory.scope.userId));
    return this.#writeOnce(caller, locks, repeatableInserts(this.#rowsFor(caller)), (rows, unit) =>
      insertBatch(unit, rows, memories, this.clock.now()),
    );
  }

  override async find(caller: Caller, id: string): Promise<Memory | null> {
    return this.#read(caller, async (unit) => (await this.#rows(unit, caller).find(id)) ?? null);
  }

  override async list(caller: Caller, query: MemoryListQuery): Promise<Page<Memory>> {
    requireUser(caller, query.view.scope.userId);
    return this.#read(caller, (unit) => listMemories(unit, query));
  }

  override patch(
    caller: Caller,
    id: string,
    patch: MemoryPatch,
    at: Date,
    expectedVersion?: number,
  ): Promise<Memory> {
    return this.#write(caller, id, (rows) => patchMemory(rows, id, patch, at, expectedVersion));
  }

  override supersede(
    caller: Caller,
    id: string,
    successor: NewMemory,
    expectedVersion?: number,
  ): Promise<{ readonly memory: Memory; readonly superseded: Memory }> {
    const { userId } = successor.memory.scope;
    const repeatable = repeatableSuccession(this.#rowsFor(caller), userId);
    return this.#writeOnce(caller, memoriesLock(userId), repeatable, (rows, unit) =>
      supersedeMemory(unit, rows, id, successor, expectedVersion),
    );
  }

  override chain(caller: Caller, id: string): Promise<readonly Memory[]> {
    return this.#read(caller, async (unit) => inLinkOrder(await this.#rows(unit, caller).chainOf(id)));
  }

  override async remove(caller: Caller, id: string, at: Date, expectedVersion?: number): Promise<boolean> {
    const removed = await this.#write(caller, id, (rows) => removeMemory(rows, id, at, expectedVersion));
    if (removed) await this.database.scrub();
    return removed;
  }

  override async removeScope(caller: Caller, scope: Scope): Promise<number> {
    requireUser(caller, scope.userId);
    const erased = await this.#write(caller, memoriesLock(scope.userId), async (rows, unit) => {
      await forgetAllTellings(unit, scope.userId);
      return rows.erase(inScope(caller.tenantId, scope, 'subtree'));
    });
    await this.database.scrub();
    return erased.memories;
  }

  override async stats(caller: Caller, scope: Scope, now: Date): Promise<MemoryStats> {
    requireUser(caller, scope.userId);
    return this.#read(caller, (unit) => memoryStats(unit, scope, now));
  }

  override async keywordHits(
    caller: Caller,
    view: MemoryView,
    query: KeywordQuery,
    limit: number,
  ): Promise<KeywordHits> {
    requireUser(caller, view.scope.userId);
    return this.#read(caller, (unit) => searchByTerms(unit, view, query, limit, this.#outlines));
  }

  override async withTerms(
    caller: Caller,
    view: MemoryView,
    terms: readonly string[],
    limit: number,
  ): Promise<readonly Memory[]> {
    requireUser(caller, view.scope.userId);
    return this.#read(caller, (unit) => withAllTerms(unit, view, terms, limit));
  }

  override async semanticHits(
    caller: Caller,
    view: MemoryView,
    query: Embedding,
    limit: number,
  ): Promise<ArmHits> {
    requireUser(caller, view.scope.userId);
    return this.#read(caller, (unit) => this.vectors.nearest(unit, view, query, limit));
  }

  override saveEmbeddings(
    caller: Caller,
    model: string,
    vectors: ReadonlyMap<string, Float32Array>,
  ): Promise<void> {
    return this.#write(caller, undefined, (rows) => rows.saveEmbeddings(model, vectors));
  }

  override embeddingModels(): Promise<readonly StoredModel[]> {
    return this.#backlog.models();
  }

  override withoutEmbedding(
    replaced: readonly string[],
    limit: number,
  ): Promise<readonly PendingEmbedding[]> {
    return this.#backlog.pending(replaced, limit);
  }

  override countWithoutEmbedding(replaced: readonly string[]): Promise<number> {
    return this.#backlog.countPending(replaced);
  }

  override countEmbedded(model: string): Promise<number> {
    return this.#backlog.countEmbedded(model);
  }

  override async recordAccess(caller: Caller, reads: ReadonlyMap<string, number>, at: Date): Promise<void> {
    if (reads.size === 0) return;
    // In one order everywhere, so that two servers do not wait for each other.
    const sorted = [...reads].sort(([a], [b]) => (a < b ? -1 : 1));
    await this.database.unitOfWork.run(caller, async (unit) => {
      for (let start = 0; start < sorted.length; start += READS_PER_STATEMENT) {
        const rows = sorted
          .slice(start, start + READS_PER_STATEMENT)
          .map(([id, count]) => sql`(${id}, CAST(${count} AS BIGINT))`);
        await unit.send(sql`UPDATE memories
          SET access_count = access_count + x.column2, last_accessed_at = ${at.getTime()}
          FROM (VALUES ${joinSql(rows, ', ')}) AS x
          WHERE tenant_id = ${caller.tenantId} AND deleted_at IS NULL AND id = x.column1`);
      }
    });
  }

  override async rollback(
    caller: Caller,
    rollback: Rollback,
    restored: (end: Memory, older: Memory) => NewMemory,
  ): Promise<readonly RollbackChange[]> {
    const { userId } = rollback.scope;
    requireUser(caller, userId);
    if (rollback.dryRun === true) {
      return this.#read(caller, (unit) =>
        rollBackMemories(unit, this.#rows(unit, caller), rollback, restored),
      );
    }
    return this.#write(caller, memoriesLock(userId), (rows, unit) =>
      rollBackMemories(unit, rows, rollback, restored),
    );
  }

  override async storedAfter(
    caller: Caller,
    scope: Scope,
    position: number,
    limit: number,
  ): Promise<StoredPage> {
    requireUser(caller, scope.userId);
    return this.#read(caller, (unit) => storedMemories(unit, scope, position, limit));
  }

  override positionOf(caller: Caller, id: string): Promise<number | null> {
    return this.#read(caller, (unit) => positionOfMemory(unit, caller, id));
  }

  override async importMany(
    caller: Caller,
    memories: readonly NewMemory[],
  ): Promise<readonly ImportVerdict[]> {
    const [first] = memories;
    if (first === undefined) return [];
    const { userId } = first.memory.scope;
    requireUser(caller, userId);
    const options = { lock: memoriesLock(userId), isPiece: true };
    return this.database.unitOfWork.run(
      caller,
      (unit) => importMemories(unit, this.#rows(unit, caller), memories),
      options,
    );
  }

  override persistImported(): Promise<void> {
    return this.database.persist();
  }

  override async settleImport(
    caller: Caller,
    userId: string,
    ids: readonly string[],
  ): Promise<readonly BrokenLink[]> {
    requireUser(caller, userId);
    return this.#write(caller, memoriesLock(userId), (rows, unit) => settleImported(unit, rows, userId, ids));
  }

  override async sweep(now: Date): Promise<number> {
    let swept = 0;
    for (const tenantId of await this.database.unitOfWork.tenants()) {
      const caller: Caller = { tenantId, users: null, isAdmin: false };
      swept += await this.#write(caller, undefined, (rows, unit) => sweepMemories(unit, rows, now));
    }
    if (swept > 0) await this.database.scrub();
    return swept;
  }

  #read<T>(caller: Pick<Caller, 'tenantId'>, work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.database.unitOfWork.read(caller, work);
  }

  #write<T>(
    caller: Caller,
    lock: UnitOptions['lock'],
    work: (rows: MemoryRows, unit: Unit) => Promise<T>,
  ): Promise<T> {
    return this.database.unitOfWork.run(caller, (unit) => work(this.#rows(unit, caller), unit), { lock });
  }

  /** {@link #write} of a step that a request does once under its idempotency key. */
  #writeOnce<T>(
    caller: Caller,
    lock: UnitOptions['lock'],
    repeatable: Repeatable<T>,
    work: (rows: MemoryRows, unit: Unit) => Promise<T>,
  ): Promise<T> {
    const write = (unit: Unit): Promise<T> => work(this.#rows(unit, caller), unit);
    return once(this.database.unitOfWork, caller, write, repeatable, { lock });
  }

  #rowsFor(caller: Caller): (unit: Unit) => MemoryRows {
    return (unit) => this.#rows(unit, caller);
  }

  #rows(unit: Unit, caller: Caller): MemoryRows {
    return new MemoryRows(unit, caller, this.vectors);
  }
}
