import { randomUUID } from 'node:crypto';
import type { Embedding } from '#libs/memory';
import { encodeVector } from '../../vector/exact/vector.js';
import type { VectorSearch } from '../../vector/vector-search.js';
import { insertRecords, partsToInsert } from '../insert-row.js';
import { numeric, text } from '../row.js';
import type { Row } from '../row.js';
import { listOf, sql } from '../sql.js';
import type { Sql, SqlValue } from '../sql.js';
import { partsOf } from '../statement-sizes.js';
import type { Unit } from '../unit-of-work.js';

/** A memory's vector, to be stored. */
export interface NewVector {
  readonly id: string;
  readonly seq: number;
  readonly userId: string;
  readonly embedding: Embedding;
}

/** Vectors that are compared with each other: one user's of one model. */
export interface VectorGroup {
  readonly userId: string;
  readonly model: string;
  readonly dimensions: number;
}

/** What stands in the totals of a group; see the table's migration. */
export interface VectorTotals {
  readonly epoch: string;
  readonly revision: number;
  readonly vectors: number;
}

/** A statement binds at most 32,766 values on SQLite, and a row can be long. */
const ROWS_PER_STATEMENT = 256;

/** Undefined when the group has no vectors. */
export async function vectorTotals(
  unit: Unit,
  { userId, model, dimensions }: VectorGroup,
): Promise<VectorTotals | undefined> {
  const row = await unit.first(sql`SELECT epoch, revision, vectors FROM memory_vector_totals
    WHERE tenant_id = ${unit.tenantId} AND user_id = ${userId} AND model = ${model} AND dimensions = ${dimensions}`);
  return row && toTotals(row);
}

/** The groups of a tenant that have at least so many vectors. */
export async function largeGroups(
  unit: Unit,
  vectors: number,
): Promise<readonly (VectorGroup & VectorTotals)[]> {
  const rows =
    await unit.all(sql`SELECT user_id, model, dimensions, epoch, revision, vectors FROM memory_vector_totals
    WHERE tenant_id = ${unit.tenantId} AND vectors >= ${vectors}`);
  return rows.map((row) => ({ ...toGroup(row), ...toTotals(row) }));
}

/**
 * Stores vectors of memories that have none yet. The row in the totals stays locked until the unit
 * ends, so that changes of a group are committed in the order of their numbers: who has read up to one of them has
 * missed none before it.
 */
export async function addVectors(
  unit: Unit,
  vectors: readonly NewVector[],
  columns: VectorSearch['columns'],
): Promise<void> {
  for (const { group, members } of inGroups(vectors, groupOf)) {
    const row = await unit.first(sql`INSERT INTO memory_vector_totals
        (tenant_id, user_id, model, dimensions, epoch, revision, vectors)
      VALUES (${unit.tenantId}, ${group.userId}, ${group.model}, ${group.dimensions}, ${randomUUID()}, 1, ${members.length})
      ON CONFLICT (tenant_id, user_id, model, dimensions) DO UPDATE
      SET revision = memory_vector_totals.revision + 1, vectors = memory_vector_totals.vectors + excluded.vectors
      RETURNING revision`);
    if (row === undefined) throw new TypeError('The totals of vectors have no number.');
    const revision = numeric(row, 'revision');
    for (const some of partsToInsert(unit.dialect, members, ROWS_PER_STATEMENT)) {
      const rows = some.map((vector) => vectorRow(unit, vector, revision, columns));
      await unit.send(insertRecords(unit.dialect, 'memory_vectors', rows));
    }
  }
}

/** Stores vectors, each in the place of the memory's earlier one of whatever model: a memory has one at most. */
export async function replaceVectors(
  unit: Unit,
  vectors: readonly NewVector[],
  columns: VectorSearch['columns'],
): Promise<void> {
  for (const some of partsOf(vectors, ROWS_PER_STATEMENT)) {
    await eraseVectors(unit, ofMemories(some.map(({ id }) => id)));
  }
  await addVectors(unit, vectors, columns);
}

/** Erases vectors. @param condition on the columns of `memory_vectors`. @returns how many. */
export async function eraseVectors(unit: Unit, condition: Sql): Promise<number> {
  const rows = await unit.all(sql`DELETE FROM memory_vectors
    WHERE tenant_id = ${unit.tenantId} AND ${condition} RETURNING user_id, model, dimensions`);
  const erased = rows.map(toGroup);
  for (const { group, members } of inGroups(erased, (each) => each)) {
    const theirs = sql`tenant_id = ${unit.tenantId} AND user_id = ${group.userId} AND model = ${group.model}
      AND dimensions = ${group.dimensions}`;
    await unit.send(sql`UPDATE memory_vector_totals
      SET revision = revision + 1, vectors = vectors - ${members.length} WHERE ${theirs}`);
    await unit.send(sql`DELETE FROM memory_vector_totals WHERE ${theirs} AND vectors <= 0`);
  }
  return erased.length;
}

/** Says how many vectors of a group there are; what was remembered of it elsewhere is read anew. */
export async function recountVectors(
  unit: Unit,
  { userId, model, dimensions }: VectorGroup,
  vectors: number,
): Promise<void> {
  await unit.send(sql`DELETE FROM memory_vector_totals WHERE tenant_id = ${unit.tenantId} AND user_id = ${userId}
    AND model = ${model} AND dimensions = ${dimensions}`);
  if (vectors === 0) return;
  const last = sql`(SELECT MAX(v.revision) FROM memory_vectors v WHERE v.tenant_id = ${unit.tenantId}
    AND v.user_id = ${userId} AND v.model = ${model} AND v.dimensions = ${dimensions})`;
  await unit.send(sql`INSERT INTO memory_vector_totals
      (tenant_id, user_id, model, dimensions, epoch, revision, vectors)
    VALUES (${unit.tenantId}, ${userId}, ${model}, ${dimensions}, ${randomUUID()}, ${last}, ${vectors})`);
}

function vectorRow(
  unit: Unit,
  { id, seq, userId, embedding: { model, vector } }: NewVector,
  revision: number,
  columns: VectorSearch['columns'],
): Readonly<Record<string, SqlValue>> {
  return {
    tenant_id: unit.tenantId,
    memory_id: id,
    seq,
    user_id: userId,
    model,
    dimensions: vector.length,
    vector: encodeVector(vector),
    revision,
    ...columns(vector),
  };
}

export function toGroup(row: Row): VectorGroup {
  return {
    userId: text(row, 'user_id'),
    model: text(row, 'model'),
    dimensions: numeric(row, 'dimensions'),
  };
}

function toTotals(row: Row): VectorTotals {
  return { epoch: text(row, 'epoch'), revision: numeric(row, 'revision'), vectors: numeric(row, 'vectors') };
}

function groupOf({ userId, embedding: { model, vector } }: NewVector): VectorGroup {
  return { userId, model, dimensions: vector.length };
}

/** By group, in an order that is the same for every writer, so that two of them never wait for each other. */
function inGroups<T>(
  items: readonly T[],
  groupOf: (item: T) => VectorGroup,
): readonly { readonly group: VectorGroup; readonly members: readonly T[] }[] {
  const groups = new Map<string, { readonly group: VectorGroup; readonly members: T[] }>();
  for (const item of items) {
    const group = groupOf(item);
    const key = JSON.stringify([group.userId, group.model, group.dimensions]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { group, members: [item] });
    else known.members.push(item);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** A condition on `memory_vectors`: the vectors of these memories, of whatever model. */
function ofMemories(ids: readonly string[]): Sql {
  return sql`memory_id IN ${listOf(ids)}`;
}
