import { requireUser } from '#libs/kernel';
import type { Caller, Scope } from '#libs/kernel';
import type { Embedding, Memory, NewMemory } from '#libs/memory';
import { encodeVector } from '../../vector/exact/vector.js';
import type { VectorSearch } from '../../vector/vector-search.js';
import { encodeText } from '../exact-text.js';
import { insertRow } from '../insert-row.js';
import { numeric, text } from '../row.js';
import { joinSql, listOf, sql, trusted } from '../sql.js';
import type { Sql } from '../sql.js';
import { padded } from '../statement-sizes.js';
import type { Unit } from '../unit-of-work.js';
import {
  COLUMNS_OF_M,
  MEMORY_COLUMNS,
  memoryValues,
  milliseconds,
  scopeKey,
  toMemory,
} from './memory.mapper.js';
import { isCurrent } from './memory-view.js';
import { addToIndex, joinTerms, removeFromIndex } from './term-index.js';

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
    const row = await this.unit.first(
      sql`${this.#living(id)} ${trusted(this.unit.dialect === 'postgres' ? 'FOR UPDATE' : '')}`,
    );
    return row && toMemory(row);
  }

  async findCurrentTwin(memory: Memory, now: Date): Promise<Memory | undefined> {
    const row = await this.unit.first(
      sql`${this
        .#select(sql`m.scope_key = ${scopeKey(memory.scope)} AND m.content_hash = ${memory.contentHash}
        AND ${isCurrent(now)}`)} ORDER BY m.seq LIMIT 1`,
    );
    return row && toMemory(row);
  }

  /** The newest current memory on a subject at exactly this scope. */
  async findCurrentOnSubject(scope: Scope, subject: string, now: Date): Promise<Memory | undefined> {
    const row = await this.unit.first(
      sql`${this.#select(sql`m.scope_key = ${scopeKey(scope)} AND m.subject = ${subject} AND ${isCurrent(now)}`)}
        ORDER BY m.valid_from DESC, m.seq DESC LIMIT 1`,
    );
    return row && toMemory(row);
  }

  /** The whole chain in which the memory stands, in the order in which it was stored. */
  async chainOf(id: string): Promise<readonly Memory[]> {
    const rows = await this.unit.all(
      sql`${this.#select(sql`m.chain_id = (SELECT c.chain_id FROM memories c
        WHERE c.tenant_id = ${this.unit.tenantId} AND c.id = ${id}) AND ${this.#reachable()}`)} ORDER BY m.seq`,
    );
    return rows.map(toMemory);
  }

  /** Chains by their ids, members in stored order. @param toChange lets nobody else change them before this unit ends */
  async chains(
    chainIds: readonly string[],
    toChange: boolean,
  ): Promise<ReadonlyMap<string, readonly Memory[]>> {
    const isLocking = toChange && this.unit.dialect === 'postgres';
    const rows = await this.unit.all(sql`SELECT m.chain_id, ${trusted(COLUMNS_OF_M)} FROM memories m
      WHERE m.tenant_id = ${this.unit.tenantId} AND m.chain_id IN ${listOf(padded(chainIds))}
      ORDER BY m.seq ${trusted(isLocking ? 'FOR UPDATE' : '')}`);
    const chains = new Map<string, Memory[]>();
    for (const row of rows) {
      const chain = chains.get(text(row, 'chain_id'));
      if (chain === undefined) chains.set(text(row, 'chain_id'), [toMemory(row)]);
      else chain.push(toMemory(row));
    }
    return chains;
  }

  async insert({ memory, terms, embedding }: NewMemory): Promise<Memory> {
    requireUser(this.caller, memory.scope.userId);
    const stored: Memory = { ...memory, embeddingModel: embedding?.model };
    const row = await this.unit.first(
      sql`${insertRow('memories', {
        tenant_id: this.unit.tenantId,
        ...memoryValues(stored),
        terms: joinTerms(terms),
        term_count: terms.length,
        chain_id: await this.#chainIdOf(stored),
      })} RETURNING seq`,
    );
    if (row === undefined) throw new TypeError('An inserted row has no number.');
    await addToIndex(this.unit, numeric(row, 'seq'), memory.scope.userId, terms);
    if (embedding !== undefined) await this.#saveVector(memory, numeric(row, 'seq'), embedding);
    return stored;
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

  /** Deletes rows for good, links and all. @returns how many, tombstones not counted. */
  async erase(condition: Sql): Promise<{ readonly memories: number; readonly vectors: number }> {
    const vectors = await this.#forget(condition);
    const rows = await this.unit.all(
      sql`DELETE FROM memories AS m WHERE m.tenant_id = ${this.unit.tenantId} AND ${condition} RETURNING deleted_at`,
    );
    return { memories: rows.filter((row) => row.deleted_at === null).length, vectors };
  }

  async saveEmbedding(id: string, embedding: Embedding): Promise<void> {
    const row = await this.unit.first(this.#living(id));
    if (row === undefined) return;
    await this.#saveVector(toMemory(row), numeric(row, 'seq'), embedding);
    await this.unit.run(sql`UPDATE memories SET embedding_model = ${embedding.model}
      WHERE tenant_id = ${this.unit.tenantId} AND id = ${id}`);
  }

  /** Ends a memory's validity in favour of its successor; an end that is recorded already stays as it is. */
  async end(id: string, successor: Memory): Promise<Memory | undefined> {
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

  #living(id: string): Sql {
    return this.#select(sql`m.id = ${id} AND m.deleted_at IS NULL AND ${this.#reachable()}`);
  }

  #reachable(): Sql {
    const { users } = this.caller;
    return users === null ? trusted('1 = 1') : sql`m.user_id IN ${listOf(users)}`;
  }

  /** Text index and vectors of the memories. @returns how many vectors. */
  async #forget(condition: Sql): Promise<number> {
    const { tenantId } = this.unit;
    const rows = await this.unit.all(sql`SELECT m.seq, m.user_id, m.terms, m.term_count FROM memories m
      WHERE m.tenant_id = ${tenantId} AND m.deleted_at IS NULL AND ${condition}`);
    for (const row of rows) {
      await removeFromIndex(this.unit, {
        seq: numeric(row, 'seq'),
        userId: text(row, 'user_id'),
        terms: text(row, 'terms'),
        termCount: numeric(row, 'term_count'),
      });
    }
    return this.unit.run(sql`DELETE FROM memory_vectors WHERE tenant_id = ${tenantId}
      AND memory_id IN (SELECT m.id FROM memories m WHERE m.tenant_id = ${tenantId} AND ${condition})`);
  }

  async #chainIdOf(memory: Memory): Promise<string> {
    if (memory.supersedes === undefined) return memory.id;
    const row = await this.unit.first(sql`SELECT chain_id FROM memories
      WHERE tenant_id = ${this.unit.tenantId} AND id = ${memory.supersedes}`);
    return row === undefined ? memory.id : text(row, 'chain_id');
  }

  async #saveVector({ id, scope }: Memory, seq: number, { model, vector }: Embedding): Promise<void> {
    const { tenantId } = this.unit;
    await this.unit.run(sql`DELETE FROM memory_vectors
      WHERE tenant_id = ${tenantId} AND memory_id = ${id} AND model = ${model}`);
    await this.unit.run(
      insertRow('memory_vectors', {
        tenant_id: tenantId,
        memory_id: id,
        seq,
        user_id: scope.userId,
        model,
        dimensions: vector.length,
        vector: encodeVector(vector),
        ...this.vectors.columns(vector),
      }),
    );
  }
}
