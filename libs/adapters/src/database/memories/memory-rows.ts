import { requireUser } from '#libs/kernel';
import type { Caller } from '#libs/kernel';
import type { AwaitedLinks, Memory, NewMemory } from '#libs/memory';
import type { VectorSearch } from '../../vector/vector-search.js';
import { encodeText } from '../exact-text.js';
import { forgetTellingsOf } from '../erasure/forget-tellings.js';
import { insertRecords, partsToInsert } from '../insert-row.js';
import { numeric, text } from '../row.js';
import { joinSql, listOf, rowLocks, sql, trusted } from '../sql.js';
import type { Sql } from '../sql.js';
import { padded, partsOf } from '../statement-sizes.js';
import type { Unit } from '../unit-of-work.js';
import {
  COLUMNS_OF_M,
  MEMORY_COLUMNS,
  memoryValues,
  milliseconds,
  sightingsText,
  toMemory,
} from './memory.mapper.js';
import { addManyToIndex, joinTerms, removeFromIndex } from './term-writes.js';
import { addVectors, eraseVectors, replaceVectors } from './vector-rows.js';

/** Some forty values a row, and SQLite binds at most 32,766 in a statement. */
const ROWS_PER_STATEMENT = 64;
const IDS_PER_STATEMENT = 512;

/** A memory to insert, and the chain in which it stands: that of its predecessor, or its own id. */
export interface LinkedMemory extends NewMemory {
  readonly chainId: string;
  readonly awaits?: AwaitedLinks | undefined;
}

/** The rows of memories within one unit: each change keeps row, text index and vectors together. */
export class MemoryRows {
  constructor(
    private readonly unit: Unit,
    private readonly caller: Caller,
    private readonly vectors: VectorSearch,
  ) {}

  /** Tombstones excepted; undefined when unknown, another tenant's, or of a user out of the caller's reach. */
  async find(id: string): Promise<Memory | undefined> {
    const row = await this.unit.first(this.#living(id));
    return row && toMemory(row);
  }

  /** {@link find}, and lets nobody else change it before this unit ends. */
  async findToChange(id: string): Promise<Memory | undefined> {
    const row = await this.unit.first(sql`${this.#living(id)} ${rowLocks(this.unit.dialect)}`);
    return row && toMemory(row);
  }

  /** The whole chain in which the memory stands, in the order in which it was stored. */
  async chainOf(id: string): Promise<readonly Memory[]> {
    const rows = await this.unit.all(sql`${this.#select(this.#inChainOf(id))} ORDER BY m.seq`);
    return rows.map(toMemory);
  }

  /** The member of the memory's chain that nothing has ended; null when there is none. Chains may be long. */
  async currentIdOf(id: string): Promise<string | null> {
    const row = await this.unit
      .first(sql`SELECT m.id FROM memories m WHERE m.tenant_id = ${this.unit.tenantId}
      AND ${this.#inChainOf(id)} AND m.superseded_at IS NULL AND m.deleted_at IS NULL`);
    return row === undefined ? null : text(row, 'id');
  }

  /** Chains by their ids, members in stored order. @param toChange lets nobody else change them before this unit ends */
  async chains(
    chainIds: readonly string[],
    toChange: boolean,
  ): Promise<ReadonlyMap<string, readonly Memory[]>> {
    const rows = await this.unit.all(sql`SELECT m.chain_id, ${trusted(COLUMNS_OF_M)} FROM memories m
      WHERE m.tenant_id = ${this.unit.tenantId} AND m.chain_id IN ${listOf(padded(chainIds))}
      ORDER BY m.seq ${toChange ? rowLocks(this.unit.dialect) : trusted('')}`);
    const chains = new Map<string, Memory[]>();
    for (const row of rows) {
      const chain = chains.get(text(row, 'chain_id'));
      if (chain === undefined) chains.set(text(row, 'chain_id'), [toMemory(row)]);
      else chain.push(toMemory(row));
    }
    return chains;
  }

  /** Memories in their order, their terms, what ranking knows of them and their vectors, each kind together. */
  async insertAll(created: readonly LinkedMemory[]): Promise<void> {
    created.forEach(({ memory }) => {
      requireUser(this.caller, memory.scope.userId);
    });
    const numbers = new Map<string, number>();
    for (const some of partsToInsert(this.unit.dialect, created, ROWS_PER_STATEMENT)) {
      const rows = some.map((one) => ({
        tenant_id: this.unit.tenantId,
        ...memoryValues(one.memory),
        terms: joinTerms(one.terms),
        term_count: one.terms.length,
        chain_id: one.chainId,
        awaited_predecessor: one.awaits?.predecessor ?? null,
        awaited_successor: one.awaits?.successor ?? null,
      }));
      const inserted = await this.unit.all(
        sql`${insertRecords(this.unit.dialect, 'memories', rows)} RETURNING id, seq`,
      );
      for (const row of inserted) numbers.set(text(row, 'id'), numeric(row, 'seq'));
    }
    // A tombstone says nothing and is no document of the index.
    const living = created.filter(({ memory }) => memory.deletedAt === undefined);
    const numbered = living.map(({ memory: { id, scope }, terms, traits, embedding }) => {
      const seq = numbers.get(id);
      if (seq === undefined) throw new TypeError('An inserted row has no number.');
      return { id, seq, userId: scope.userId, terms, traits, embedding };
    });
    await addManyToIndex(this.unit, numbered);
    const embedded = numbered.flatMap(({ embedding, ...one }) =>
      embedding === undefined ? [] : [{ ...one, embedding }],
    );
    await addVectors(this.unit, embedded, (vector) => this.vectors.columns(vector));
  }

  /** Writes the given columns and counts the write. */
  async update(id: string, changes: readonly Sql[], at: Date): Promise<Memory | undefined> {
    const row = await this.unit.first(
      sql`UPDATE memories AS m SET ${joinSql([...changes, sql`updated_at = ${at.getTime()}`, trusted('version = version + 1')], ', ')}
        WHERE m.tenant_id = ${this.unit.tenantId} AND m.id = ${id} RETURNING ${trusted(MEMORY_COLUMNS)}`,
    );
    return row && toMemory(row);
  }

  /** Leaves id, scope, times and links, so that the chain still holds together; nothing of what it said. */
  async turnToTombstone(id: string, at: Date): Promise<void> {
    await this.#forget(sql`m.id = ${id}`);
    await this.update(
      id,
      [
        sql`content = ${encodeText('')}, content_hash = '', category = 'fact', importance = 0, subject = NULL`,
        trusted(
          `entities = '[]', metadata = '{}', searchable = NULL, terms = '', term_count = 0, source = NULL`,
        ),
        sql`also_seen = '[]', reason = NULL, embedding_model = NULL, deleted_at = ${at.getTime()}`,
      ],
      at,
    );
  }

  /** What is kept of answers in which a memory was told. */
  forgetTellings({ id, scope }: Memory): Promise<void> {
    return forgetTellingsOf(this.unit, scope.userId, [id]);
  }

  /** Deletes rows for good, links and all. @returns how many, tombstones not counted. */
  async erase(condition: Sql): Promise<{ readonly memories: number; readonly vectors: number }> {
    const vectors = await this.#forget(condition);
    const rows = await this.unit.all(
      sql`DELETE FROM memories AS m WHERE m.tenant_id = ${this.unit.tenantId} AND ${condition} RETURNING deleted_at`,
    );
    return { memories: rows.filter((row) => row.deleted_at === null).length, vectors };
  }

  /** Attaches vectors of one model to those of the memories that are still there. */
  async saveEmbeddings(model: string, vectors: ReadonlyMap<string, Float32Array>): Promise<void> {
    for (const ids of partsOf([...vectors.keys()].sort(), IDS_PER_STATEMENT)) {
      const rows = await this.unit.all(sql`SELECT m.id, m.seq, m.user_id FROM memories m
        WHERE m.tenant_id = ${this.unit.tenantId} AND m.id IN ${listOf(ids)} AND m.deleted_at IS NULL
          AND ${this.#reachable()} ORDER BY m.id ${rowLocks(this.unit.dialect)}`);
      const living = rows.flatMap((row) => {
        const id = text(row, 'id');
        const vector = vectors.get(id);
        if (vector === undefined) return [];
        return [{ id, seq: numeric(row, 'seq'), userId: text(row, 'user_id'), embedding: { model, vector } }];
      });
      await replaceVectors(this.unit, living, (vector) => this.vectors.columns(vector));
      await this.unit.send(sql`UPDATE memories SET embedding_model = ${model}
        WHERE tenant_id = ${this.unit.tenantId} AND id IN ${listOf(living.map(({ id }) => id))}`);
    }
  }

  /** Notes what stands for memories at a broader level, by their ids; no change that a reader of one would see. */
  async linkToTwins(twins: ReadonlyMap<string, string>): Promise<void> {
    for (const [id, twinId] of twins) {
      await this.unit.send(sql`UPDATE memories SET promoted_to = ${twinId}
        WHERE tenant_id = ${this.unit.tenantId} AND id = ${id} AND ${this.#reachable('memories')}`);
    }
  }

  /** Writes what succession and further sightings change of memories that this unit has locked. */
  async rewrite(memories: readonly Memory[]): Promise<void> {
    for (const some of partsOf(memories, ROWS_PER_STATEMENT)) {
      const rows = some.map(
        (memory) => sql`(${memory.id}, ${sightingsText(memory.alsoSeen)}, ${memory.supersededBy},
          CAST(${milliseconds(memory.validUntil)} AS BIGINT), CAST(${milliseconds(memory.supersededAt)} AS BIGINT),
          CAST(${memory.updatedAt.getTime()} AS BIGINT), CAST(${memory.version} AS INTEGER))`,
      );
      await this.unit.send(sql`UPDATE memories AS m
        SET also_seen = x.column2, superseded_by = x.column3, valid_until = x.column4, superseded_at = x.column5,
          updated_at = x.column6, version = x.column7
        FROM (VALUES ${joinSql(rows, ', ')}) AS x
        WHERE m.tenant_id = ${this.unit.tenantId} AND m.id = x.column1`);
    }
  }

  /** Ends a memory's validity in favour of its successor; an end that is recorded already stays as it is. */
  async end(
    id: string,
    successor: Pick<Memory, 'id' | 'validFrom' | 'createdAt'>,
  ): Promise<Memory | undefined> {
    return this.update(
      id,
      [
        sql`valid_until = COALESCE(valid_until, ${milliseconds(successor.validFrom)})`,
        sql`superseded_at = COALESCE(superseded_at, ${milliseconds(successor.createdAt)})`,
        sql`superseded_by = ${successor.id}`,
      ],
      successor.createdAt,
    );
  }

  #select(condition: Sql): Sql {
    return sql`SELECT ${trusted(COLUMNS_OF_M)} FROM memories m
      WHERE m.tenant_id = ${this.unit.tenantId} AND ${condition}`;
  }

  #inChainOf(id: string): Sql {
    return sql`m.chain_id = (SELECT c.chain_id FROM memories c
      WHERE c.tenant_id = ${this.unit.tenantId} AND c.id = ${id}) AND ${this.#reachable()}`;
  }

  #living(id: string): Sql {
    return this.#select(sql`m.id = ${id} AND m.deleted_at IS NULL AND ${this.#reachable()}`);
  }

  #reachable(table = 'm'): Sql {
    const { users } = this.caller;
    return users === null ? trusted('1 = 1') : sql`${trusted(table)}.user_id IN ${listOf(users)}`;
  }

  /** Text index and vectors of the memories. @returns how many vectors. */
  async #forget(condition: Sql): Promise<number> {
    const { tenantId } = this.unit;
    // Locked, so that a vector that is just being saved is there before the vectors are deleted, or never.
    const rows = await this.unit.all(sql`SELECT m.seq, m.user_id, m.terms, m.term_count FROM memories m
      WHERE m.tenant_id = ${tenantId} AND m.deleted_at IS NULL AND ${condition}
      ORDER BY m.id ${rowLocks(this.unit.dialect)}`);
    for (const row of rows) {
      await removeFromIndex(this.unit, {
        seq: numeric(row, 'seq'),
        userId: text(row, 'user_id'),
        terms: text(row, 'terms'),
        termCount: numeric(row, 'term_count'),
      });
    }
    return eraseVectors(
      this.unit,
      sql`memory_id IN (SELECT m.id FROM memories m WHERE m.tenant_id = ${tenantId} AND ${condition})`,
    );
  }
}
