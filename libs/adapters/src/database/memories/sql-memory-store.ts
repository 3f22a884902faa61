import { requireUser } from '#libs/kernel';
import type { Caller, Clock, Page, Scope } from '#libs/kernel';
import { MemoryStore } from '#libs/memory';
import type {
  ArmHits,
  BrokenLink,
  Embedding,
  ImportVerdict,
  InsertOutcome,
  Memory,
  MemoryListQuery,
  MemoryPatch,
  MemoryStats,
  MemoryView,
  NewMemory,
  OnSubject,
  Rollback,
  RollbackChange,
  StoredPage,
} from '#libs/memory';
import { ExactVectorSearch } from '../../vector/exact/exact-vector-search.js';
import { PgvectorSearch } from '../../vector/pgvector/pgvector-search.js';
import type { VectorSearch } from '../../vector/vector-search.js';
import type { Database } from '../database.js';
import { decodeText } from '../exact-text.js';
import { bytes, numeric, text } from '../row.js';
import { listOf, sql } from '../sql.js';
import type { Sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { inLinkOrder } from './link-order.js';
import { listMemories, memoryStats, searchByTerms, searchByVector, withAllTerms } from './memory-reads.js';
import { importMemories, positionOfMemory, settleImported, storedMemories } from './memory-transfer.js';
import { rollBackMemories } from './memory-rollback.js';
import { MemoryRows } from './memory-rows.js';
import { inScope } from './memory-view.js';
import { insertMemory, patchMemory, removeMemory, supersedeMemory } from './memory-writes.js';

const TURN_LIFE_MS = 24 * 60 * 60 * 1000;
const IDS_PER_STATEMENT = 500;

/** Memories on SQLite and PostgreSQL; vectors by pgvector where the database has it. */
export class SqlMemoryStore extends MemoryStore {
  readonly #vectors: VectorSearch;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
    this.#vectors =
      database.describe().vectors === 'pgvector' ? new PgvectorSearch() : new ExactVectorSearch();
  }

  override async insert(caller: Caller, memory: NewMemory, onSubject: OnSubject): Promise<InsertOutcome> {
    const { userId } = memory.memory.scope;
    requireUser(caller, userId);
    return this.#write(caller, lockOf(userId), (rows) =>
      insertMemory(rows, memory, onSubject, this.clock.now()),
    );
  }

  override insertMany(
    caller: Caller,
    memories: readonly { readonly memory: NewMemory; readonly onSubject: OnSubject }[],
  ): Promise<readonly (InsertOutcome | Error)[]> {
    const [first] = memories;
    const lock = first === undefined ? undefined : lockOf(first.memory.memory.scope.userId);
    return this.#write(caller, lock, async (rows, unit) => {
      const outcomes: (InsertOutcome | Error)[] = [];
      for (const { memory, onSubject } of memories) {
        outcomes.push(await outcomeOf(unit, () => insertMemory(rows, memory, onSubject, this.clock.now())));
      }
      return outcomes;
    });
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
    const lock = lockOf(successor.memory.scope.userId);
    return this.#write(caller, lock, (rows) => supersedeMemory(rows, id, successor, expectedVersion));
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
    const erased = await this.#write(caller, lockOf(scope.userId), (rows) =>
      rows.erase(inScope(caller.tenantId, scope, 'subtree')),
    );
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
    terms: readonly string[],
    limit: number,
  ): Promise<ArmHits> {
    requireUser(caller, view.scope.userId);
    return this.#read(caller, (unit) => searchByTerms(unit, view, terms, limit));
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
    return this.#read(caller, (unit) => searchByVector(unit, view, query, limit, this.#vectors));
  }

  override saveEmbedding(caller: Caller, id: string, embedding: Embedding): Promise<void> {
    return this.#write(caller, id, (rows) => rows.saveEmbedding(id, embedding));
  }

  override async withoutEmbedding(
    model: string,
    limit: number,
  ): Promise<readonly { readonly caller: Caller; readonly id: string; readonly content: string }[]> {
    const found: { caller: Caller; id: string; content: string }[] = [];
    for (const tenantId of await this.database.unitOfWork.tenants()) {
      const caller: Caller = { tenantId, users: null, isAdmin: false };
      const rows = await this.#read(caller, (unit) =>
        unit.all(sql`SELECT m.id, m.content FROM memories m WHERE ${lacksVector(tenantId, model)}
          ORDER BY m.seq LIMIT ${limit - found.length}`),
      );
      for (const row of rows) {
        found.push({ caller, id: text(row, 'id'), content: decodeText(bytes(row, 'content')) });
      }
      if (found.length >= limit) break;
    }
    return found;
  }

  override async countWithoutEmbedding(model: string): Promise<number> {
    let count = 0;
    for (const tenantId of await this.database.unitOfWork.tenants()) {
      const row = await this.#read({ tenantId }, (unit) =>
        unit.first(sql`SELECT count(*) AS missing FROM memories m WHERE ${lacksVector(tenantId, model)}`),
      );
      count += row === undefined ? 0 : numeric(row, 'missing');
    }
    return count;
  }

  override async recordAccess(caller: Caller, ids: readonly string[], at: Date): Promise<void> {
    if (ids.length === 0) return;
    const sorted = ids.toSorted();
    await this.database.unitOfWork.run(caller, async (unit) => {
      for (let start = 0; start < sorted.length; start += IDS_PER_STATEMENT) {
        await unit.run(sql`UPDATE memories
          SET access_count = access_count + 1, last_accessed_at = ${at.getTime()}
          WHERE tenant_id = ${caller.tenantId} AND deleted_at IS NULL
            AND id IN ${listOf(sorted.slice(start, start + IDS_PER_STATEMENT))}`);
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
    return this.#write(caller, lockOf(userId), (rows, unit) =>
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
    return this.#write(caller, lockOf(userId), (_rows, unit) => importMemories(unit, userId, memories));
  }

  override async settleImport(
    caller: Caller,
    userId: string,
    ids: readonly string[],
  ): Promise<readonly BrokenLink[]> {
    requireUser(caller, userId);
    return this.#write(caller, lockOf(userId), (rows, unit) => settleImported(unit, rows, userId, ids));
  }

  override async sweep(now: Date): Promise<number> {
    let swept = 0;
    for (const tenantId of await this.database.unitOfWork.tenants()) {
      const caller: Caller = { tenantId, users: null, isAdmin: false };
      swept += await this.#write(caller, undefined, (rows, unit) => sweepTenant(rows, unit, now));
    }
    if (swept > 0) await this.database.scrub();
    return swept;
  }

  #read<T>(caller: Pick<Caller, 'tenantId'>, work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.database.unitOfWork.read(caller, work);
  }

  #write<T>(
    caller: Caller,
    lock: string | undefined,
    work: (rows: MemoryRows, unit: Unit) => Promise<T>,
  ): Promise<T> {
    return this.database.unitOfWork.run(caller, (unit) => work(this.#rows(unit, caller), unit), { lock });
  }

  #rows(unit: Unit, caller: Caller): MemoryRows {
    return new MemoryRows(unit, caller, this.#vectors);
  }
}

/** Writers of one user's memories take turns, so that twins and rivals are seen. */
function lockOf(userId: string): string {
  return `memories of ${userId}`;
}

async function outcomeOf(unit: Unit, insert: () => Promise<InsertOutcome>): Promise<InsertOutcome | Error> {
  try {
    return await unit.attempt(insert);
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

function lacksVector(tenantId: string, model: string): Sql {
  return sql`m.tenant_id = ${tenantId} AND m.deleted_at IS NULL
    AND (m.embedding_model IS NULL OR m.embedding_model < ${model} OR m.embedding_model > ${model})`;
}

/** Links that end are erased down to a tombstone, so that their chain still holds together; others go altogether. */
async function sweepTenant(rows: MemoryRows, unit: Unit, now: Date): Promise<number> {
  const due = sql`(m.expires_at IS NOT NULL AND m.expires_at <= ${now.getTime()}
    OR m.turn_id IS NOT NULL AND m.created_at <= ${now.getTime() - TURN_LIFE_MS})`;
  const alone = sql`m.supersedes IS NULL AND m.superseded_by IS NULL`;
  const erased = await rows.erase(sql`m.deleted_at IS NULL AND ${due} AND ${alone}`);
  const linked = await unit.all(sql`SELECT m.id FROM memories m
    WHERE m.tenant_id = ${unit.tenantId} AND m.deleted_at IS NULL AND ${due}`);
  for (const row of linked) await rows.turnToTombstone(text(row, 'id'), now);
  return erased.memories + linked.length;
}
