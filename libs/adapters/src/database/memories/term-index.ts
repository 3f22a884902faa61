import { createHash } from 'node:crypto';
import type { TermPostings } from '#libs/memory';
import { addressOf } from '../address.js';
import { labelText } from '../exact-text.js';
import { insertRows } from '../insert-row.js';
import { numbersIn, numeric, text } from '../row.js';
import { joinSql, listOf, sql, trusted } from '../sql.js';
import type { Sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';

/** Six values a row; PostgreSQL binds at most 65,535 in a statement and SQLite 32,766. */
const ROWS_PER_STATEMENT = 1_000;
const LONGEST_TERM = 64;
/** Beyond these BM25 hardly changes. */
const MOST_FREQUENT = 127;
const LONGEST_MEMORY = 8_191;
/** Number and frequency cross from the database as one exact number. */
const SEQ_UNIT = MOST_FREQUENT + 1;
/** To find the rarest of some terms, nobody has to count further. */
const COMMON_TERM = 50;

/** A memory's place in the index. */
export interface IndexedMemory {
  readonly seq: number;
  readonly userId: string;
  /** As {@link joinTerms} made it. */
  readonly terms: string;
  readonly termCount: number;
}

/** The distinct terms of a memory, as kept beside it so that they can be taken out of the index again. */
export function joinTerms(terms: readonly string[]): string {
  return [...new Set(terms.map(termKey))].join(' ');
}

export async function addToIndex(
  unit: Unit,
  seq: number,
  userId: string,
  terms: readonly string[],
): Promise<void> {
  const owner = ownerOf(userId);
  const frequencies = new Map<string, number>();
  for (const term of terms.map(termKey)) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
  const rows = [...frequencies].map(([term, frequency]) => [
    unit.tenantId,
    owner,
    term,
    seq,
    Math.min(frequency, MOST_FREQUENT),
    Math.min(terms.length, LONGEST_MEMORY),
  ]);
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const some = rows.slice(start, start + ROWS_PER_STATEMENT);
    await unit.run(insertRows('memory_terms', 'tenant_id, owner, term, seq, frequency, length', some));
  }
  await unit.run(sql`INSERT INTO memory_term_totals (tenant_id, owner, documents, terms)
    VALUES (${unit.tenantId}, ${owner}, 1, ${terms.length})
    ON CONFLICT (tenant_id, owner) DO UPDATE
    SET documents = memory_term_totals.documents + 1, terms = memory_term_totals.terms + excluded.terms`);
}

export async function removeFromIndex(unit: Unit, memory: IndexedMemory): Promise<void> {
  const owner = ownerOf(memory.userId);
  const terms = memory.terms === '' ? [] : memory.terms.split(' ');
  for (let start = 0; start < terms.length; start += ROWS_PER_STATEMENT) {
    const some = terms.slice(start, start + ROWS_PER_STATEMENT);
    await unit.run(sql`DELETE FROM memory_terms WHERE tenant_id = ${unit.tenantId} AND owner = ${owner}
      AND term IN ${listOf(some)} AND seq = ${memory.seq}`);
  }
  await unit.run(sql`UPDATE memory_term_totals SET documents = documents - 1, terms = terms - ${memory.termCount}
    WHERE tenant_id = ${unit.tenantId} AND owner = ${owner}`);
}

/** Where the terms stand among a user's memories; terms that none of them holds are left out. */
export async function postingsOf(
  unit: Unit,
  userId: string,
  terms: readonly string[],
): Promise<readonly TermPostings[]> {
  if (terms.length === 0) return [];
  // One text a term crosses from the database much faster than a row a memory.
  const rows =
    await unit.all(sql`SELECT string_agg(CAST(p.seq * ${trusted(String(SEQ_UNIT))} + p.frequency AS TEXT), ',')
      AS places
    FROM memory_terms p WHERE ${holdsOneOf(unit, userId, terms)} GROUP BY p.term ORDER BY p.term`);
  return rows.map((row) => {
    const places = numbersIn(text(row, 'places'));
    const seqs = places.map((place) => Math.floor(place / SEQ_UNIT));
    return { seqs, frequencies: places.map((place) => place % SEQ_UNIT) };
  });
}

/** Condition on the alias `p` of the index: one of the terms, in a memory of that user. */
export function holdsOneOf(unit: Unit, userId: string, terms: readonly string[]): Sql {
  const wanted = [...new Set(terms.map(termKey))];
  return sql`p.tenant_id = ${unit.tenantId} AND p.owner = ${ownerOf(userId)} AND p.term IN ${listOf(wanted)}`;
}

/** The numbers of a user's memories that hold all of the terms, as rows `(seq)`. */
export async function holdersOfAll(unit: Unit, userId: string, terms: readonly string[]): Promise<Sql> {
  const wanted = [...new Set(terms.map(termKey))];
  const owner = ownerOf(userId);
  const holders = (term: string): Sql => sql`SELECT p.seq FROM memory_terms p
    WHERE p.tenant_id = ${unit.tenantId} AND p.owner = ${owner} AND p.term = ${term}`;
  const counts = wanted.map(
    (term) =>
      sql`SELECT ${term} AS term, count(*) AS holders FROM (${holders(term)} LIMIT ${COMMON_TERM}) AS counted`,
  );
  const counted = await unit.all(joinSql(counts, ' UNION ALL '));
  const [rarest, ...rest] = counted
    .toSorted((a, b) => numeric(a, 'holders') - numeric(b, 'holders'))
    .map((row) => text(row, 'term'));
  if (rarest === undefined) return trusted('SELECT 0 AS seq WHERE 1 = 0');
  const others = rest.map(
    (term) => sql`EXISTS (SELECT 1 FROM memory_terms o
      WHERE o.tenant_id = ${unit.tenantId} AND o.owner = ${owner} AND o.term = ${term} AND o.seq = p.seq)`,
  );
  return joinSql([holders(rarest), ...others], ' AND ');
}

/** Groups a user's terms; two users with the same number would only blur each other's statistics. 48 bits of SHA-256. */
export function ownerOf(userId: string): number {
  return createHash('sha256').update(userId).digest().readUIntBE(0, 6);
}

/** A term without spaces, NUL or lone surrogates, short enough for an index. */
function termKey(term: string): string {
  const plain = labelText(term).replaceAll(' ', '\uFFFD');
  return plain.length <= LONGEST_TERM ? plain : `${plain.slice(0, 16)}#${addressOf(plain)}`;
}
