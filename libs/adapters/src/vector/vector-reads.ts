import { setImmediate } from 'node:timers/promises';
import { numberTable } from '../database/bound-tables.js';
import type { VectorGroup } from '../database/memories/vector-rows.js';
import { bytes, numbersIn, numeric, text } from '../database/row.js';
import type { Row } from '../database/row.js';
import { sql } from '../database/sql.js';
import type { Sql } from '../database/sql.js';
import type { Unit } from '../database/unit-of-work.js';
import { decodeVector } from './exact/vector.js';

export interface ReadVector {
  readonly seq: number;
  readonly vector: Float32Array;
  readonly revision: number;
}

/** Reading so many takes a few milliseconds. */
const ROWS_PER_STATEMENT = 1_000;

/** Where reading has come to, in the order of changes. */
export interface VectorPlace {
  readonly revision: number;
  readonly seq: number;
}

/** The vectors that came with changes after `revision`, oldest change first, some at a time. */
export async function* vectorsAfter(
  unit: Unit,
  group: VectorGroup,
  revision: number,
): AsyncGenerator<readonly ReadVector[]> {
  let place: VectorPlace = { revision, seq: Number.MAX_SAFE_INTEGER };
  for (;;) {
    const vectors = await vectorsAt(unit, group, place);
    if (vectors.length > 0) yield vectors;
    const last = vectors.at(-1);
    if (last === undefined || vectors.length < ROWS_PER_STATEMENT) return;
    place = last;
    // SQLite answers without a pause; others have waited long enough.
    await setImmediate();
  }
}

/** The vectors of the last changes after `revision`, newest first and at most so many, some at a time. */
export async function* newestVectors(
  unit: Unit,
  group: VectorGroup,
  revision: number,
  most: number,
): AsyncGenerator<readonly ReadVector[]> {
  let before: VectorPlace = { revision: Number.MAX_SAFE_INTEGER, seq: 0 };
  for (let left = most; left > 0;) {
    const wanted = Math.min(left, ROWS_PER_STATEMENT);
    const rows = await unit.all(sql`SELECT v.seq, v.vector, v.revision FROM memory_vectors v
      WHERE ${inGroup(unit, group)} AND v.revision > ${revision}
        AND (v.revision, v.seq) < (${before.revision}, ${before.seq})
      ORDER BY v.revision DESC, v.seq DESC LIMIT ${wanted}`);
    const vectors = rows.map(toVector);
    if (vectors.length > 0) yield vectors;
    const last = vectors.at(-1);
    if (last === undefined || vectors.length < wanted) return;
    before = last;
    left -= wanted;
    await setImmediate();
  }
}

/** The next vectors after a place. */
export async function vectorsAt(
  unit: Unit,
  group: VectorGroup,
  place: VectorPlace,
): Promise<readonly ReadVector[]> {
  const rows = await unit.all(sql`SELECT v.seq, v.vector, v.revision FROM memory_vectors v
    WHERE ${inGroup(unit, group)} AND (v.revision, v.seq) > (${place.revision}, ${place.seq})
    ORDER BY v.revision, v.seq LIMIT ${ROWS_PER_STATEMENT}`);
  return rows.map(toVector);
}

/** The vectors of some memories, some at a time; of those that have one. */
export async function* vectorsOf(
  unit: Unit,
  group: VectorGroup,
  seqs: readonly number[],
): AsyncGenerator<readonly ReadVector[]> {
  for (let start = 0; start < seqs.length; start += ROWS_PER_STATEMENT) {
    if (start > 0) await setImmediate();
    const rows = await unit.all(sql`SELECT v.seq, v.vector, v.revision
      FROM ${numberTable(unit.dialect, seqs.slice(start, start + ROWS_PER_STATEMENT))}
      CROSS JOIN memories AS m JOIN memory_vectors AS v ON v.tenant_id = m.tenant_id AND v.memory_id = m.id
      WHERE m.seq = x.seq AND ${inGroup(unit, group)}`);
    yield rows.map(toVector);
  }
}

/** The numbers of all memories of which the group has a vector. */
export async function storedSeqs(unit: Unit, group: VectorGroup): Promise<ReadonlySet<number>> {
  const row = await unit.first(sql`SELECT COALESCE(string_agg(CAST(v.seq AS TEXT), ','), '') AS numbers
    FROM memory_vectors v WHERE ${inGroup(unit, group)}`);
  return new Set(row === undefined ? [] : numbersIn(text(row, 'numbers')));
}

function inGroup(unit: Unit, { userId, model, dimensions }: VectorGroup): Sql {
  return sql`v.tenant_id = ${unit.tenantId} AND v.user_id = ${userId} AND v.model = ${model}
    AND v.dimensions = ${dimensions}`;
}

function toVector(row: Row): ReadVector {
  return {
    seq: numeric(row, 'seq'),
    vector: decodeVector(bytes(row, 'vector')),
    revision: numeric(row, 'revision'),
  };
}
