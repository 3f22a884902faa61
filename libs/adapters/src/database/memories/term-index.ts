import { createHash } from 'node:crypto';
import { addressOf } from '../address.js';
import { labelText } from '../exact-text.js';
import { isNull, numbersIn, numeric, text } from '../row.js';
import type { Row } from '../row.js';
import { joinSql, listOf, sql, trusted } from '../sql.js';
import type { Sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';

const LONGEST_TERM = 64;
/** Beyond these BM25 hardly changes. */
export const MOST_FREQUENT = 127;
export const LONGEST_MEMORY = 8_191;
/** Number and frequency cross from the database as one exact number. */
const SEQ_UNIT = MOST_FREQUENT + 1;
/** To find the rarest of some terms, nobody has to count further. */
const COMMON_TERM = 50;
/** After the rarest and a few more hardly a memory is left that lacks one of the terms. */
const LOOKED_UP_TERMS = 3;

/** A term, and the number up to which it is known where it stands. */
export interface TermSince {
  readonly term: string;
  readonly seq: number;
}

/** Numbers of memories, ascending, and how often a term stands in each. */
export interface TermPlaces {
  readonly seqs: readonly number[];
  readonly frequencies: readonly number[];
}

/** Where terms stand in the memories behind a number, by term; what stands in none of them is left out. */
export async function placesOfTerms(
  unit: Unit,
  owner: number,
  wanted: readonly TermSince[],
): Promise<ReadonlyMap<string, TermPlaces>> {
  if (wanted.length === 0) return new Map();
  // One text a term crosses from the database much faster than a row a memory.
  const selects = wanted.map(
    ({ term, seq }) => sql`SELECT ${term} AS term,
      string_agg(CAST(p.seq * ${trusted(String(SEQ_UNIT))} + p.frequency AS TEXT), ',') AS places
    FROM memory_terms p WHERE p.tenant_id = ${unit.tenantId} AND p.owner = ${owner} AND p.term = ${term}
      AND p.seq > ${seq}`,
  );
  const rows = await unit.all(joinSql(selects, ' UNION ALL '));
  return new Map(
    rows.filter((row) => !isNull(row, 'places')).map((row) => [text(row, 'term'), toPlaces(row)]),
  );
}

function toPlaces(row: Row): TermPlaces {
  const places = numbersIn(text(row, 'places'));
  return {
    seqs: places.map((place) => Math.floor(place / SEQ_UNIT)),
    frequencies: places.map((place) => place % SEQ_UNIT),
  };
}

/** The numbers of a user's memories that hold all of the terms, as rows `(seq)`. */
export async function holdersOfAll(unit: Unit, userId: string, terms: readonly string[]): Promise<Sql> {
  const owner = ownerOf(userId);
  const wanted = [...new Set(terms.map(termKey))];
  const [rarest, ...others] = await rarestFirst(unit, owner, wanted);
  if (rarest === undefined) return trusted('SELECT 0 AS seq WHERE 1 = 0');
  const isOf = (alias: string): Sql =>
    sql`${trusted(alias)}.tenant_id = ${unit.tenantId} AND ${trusted(alias)}.owner = ${owner}`;
  const conditions = [sql`p.term = ${rarest}`];
  // One condition for each term is quick to run but long to plan.
  const [looked, counted] = [others.slice(0, LOOKED_UP_TERMS), others.slice(LOOKED_UP_TERMS)];
  for (const term of looked) {
    conditions.push(
      sql`EXISTS (SELECT 1 FROM memory_terms o WHERE ${isOf('o')} AND o.term = ${term} AND o.seq = p.seq)`,
    );
  }
  if (counted.length > 0) {
    conditions.push(sql`(SELECT count(*) FROM memory_terms o
      WHERE ${isOf('o')} AND o.term IN ${listOf(counted)} AND o.seq = p.seq) = ${counted.length}`);
  }
  return sql`SELECT p.seq FROM memory_terms p WHERE ${isOf('p')} AND ${joinSql(conditions, ' AND ')}`;
}

async function rarestFirst(unit: Unit, owner: number, terms: readonly string[]): Promise<readonly string[]> {
  if (terms.length === 0) return [];
  const wanted = terms.map((term) => sql`(${term})`);
  const counted = await unit.all(sql`SELECT t.column1 AS term,
      (SELECT count(*) FROM (SELECT 1 FROM memory_terms p
        WHERE p.tenant_id = ${unit.tenantId} AND p.owner = ${owner} AND p.term = t.column1
        LIMIT ${COMMON_TERM}) AS met) AS holders
    FROM (VALUES ${joinSql(wanted, ', ')}) AS t`);
  return counted
    .toSorted((a, b) => numeric(a, 'holders') - numeric(b, 'holders'))
    .map((row) => text(row, 'term'));
}

/** Groups a user's terms; two users with the same number would only blur each other's statistics. 48 bits of SHA-256. */
export function ownerOf(userId: string): number {
  return createHash('sha256').update(userId).digest().readUIntBE(0, 6);
}

/** A term without spaces, NUL or lone surrogates, short enough for an index. */
export function termKey(term: string): string {
  const plain = labelText(term).replaceAll(' ', '\uFFFD');
  return plain.length <= LONGEST_TERM ? plain : `${plain.slice(0, 16)}#${addressOf(plain)}`;
}
