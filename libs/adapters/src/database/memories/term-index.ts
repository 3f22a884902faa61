import { createHash } from 'node:crypto';
import { addressOf } from '../address.js';
import { labelText } from '../exact-text.js';
import { insertRows } from '../insert-row.js';
import { numbersIn, numeric, text } from '../row.js';
import { joinSql, listOf, sql, trusted } from '../sql.js';
import type { Sql } from '../sql.js';
import { partsOf } from '../statement-sizes.js';
import type { Unit } from '../unit-of-work.js';

/** BM25's saturation and length normalisation (Robertson & Zaragoza 2009). */
const K1 = 1.2;
const B = 0.75;

/** Six values a row; PostgreSQL binds at most 65,535 in a statement and SQLite 32,766. */
const ROWS_PER_INSERT = 512;
const TERMS_PER_STATEMENT = 1_000;
const LONGEST_TERM = 64;
/** Beyond these BM25 hardly changes; below them a place fits one exact number with `seq` up to 2³³. */
const MOST_FREQUENT = 127;
const LONGEST_MEMORY = 8_191;
const FREQUENCY_UNIT = LONGEST_MEMORY + 1;
const SEQ_UNIT = FREQUENCY_UNIT * (MOST_FREQUENT + 1);
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
  await addAllToIndex(unit, userId, [{ seq, terms }]);
}

/** Adds memories of one user together: many rows in a statement cost a fraction of as many statements. */
export async function addAllToIndex(
  unit: Unit,
  userId: string,
  memories: readonly { readonly seq: number; readonly terms: readonly string[] }[],
): Promise<void> {
  const owner = ownerOf(userId);
  const rows = memories.flatMap(({ seq, terms }) => {
    const frequencies = new Map<string, number>();
    for (const term of terms.map(termKey)) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
    const length = Math.min(terms.length, LONGEST_MEMORY);
    return [...frequencies].map(([term, frequency]) => [
      unit.tenantId,
      owner,
      term,
      seq,
      Math.min(frequency, MOST_FREQUENT),
      length,
    ]);
  });
  for (const some of partsOf(rows, ROWS_PER_INSERT)) {
    await unit.run(insertRows('memory_terms', 'tenant_id, owner, term, seq, frequency, length', some));
  }
  const count = memories.reduce((sum, { terms }) => sum + terms.length, 0);
  await unit.run(sql`INSERT INTO memory_term_totals (tenant_id, owner, documents, terms)
    VALUES (${unit.tenantId}, ${owner}, ${memories.length}, ${count})
    ON CONFLICT (tenant_id, owner) DO UPDATE SET documents = memory_term_totals.documents + excluded.documents,
      terms = memory_term_totals.terms + excluded.terms`);
}

export async function removeFromIndex(unit: Unit, memory: IndexedMemory): Promise<void> {
  const owner = ownerOf(memory.userId);
  const terms = memory.terms === '' ? [] : memory.terms.split(' ');
  for (let start = 0; start < terms.length; start += TERMS_PER_STATEMENT) {
    const some = terms.slice(start, start + TERMS_PER_STATEMENT);
    await unit.run(sql`DELETE FROM memory_terms WHERE tenant_id = ${unit.tenantId} AND owner = ${owner}
      AND term IN ${listOf(some)} AND seq = ${memory.seq}`);
  }
  await unit.run(sql`UPDATE memory_term_totals SET documents = documents - 1, terms = terms - ${memory.termCount}
    WHERE tenant_id = ${unit.tenantId} AND owner = ${owner}`);
}

/** A memory's number, and how well it matches. */
export interface ScoredMemory {
  readonly seq: number;
  readonly score: number;
}

/**
 * A user's memories that hold one of the terms, best first, of equals the newer. The database only hands over which
 * term stands where: a few thousand additions take it longer than they take here.
 */
export async function scoredByTerms(
  unit: Unit,
  userId: string,
  terms: readonly string[],
): Promise<readonly ScoredMemory[]> {
  const total = await unit.first(sql`SELECT documents, terms FROM memory_term_totals
    WHERE tenant_id = ${unit.tenantId} AND owner = ${ownerOf(userId)}`);
  if (total === undefined || terms.length === 0) return [];
  const rows = await unit.all(sql`SELECT string_agg(CAST(p.seq * ${trusted(String(SEQ_UNIT))}
      + p.frequency * ${trusted(String(FREQUENCY_UNIT))} + p.length AS TEXT), ',') AS places
    FROM memory_terms p WHERE ${holdsOneOf(unit, userId, terms)} GROUP BY p.term ORDER BY p.term`);
  const documents = numeric(total, 'documents');
  const averageLength = Math.max(numeric(total, 'terms') / Math.max(documents, 1), 1);
  const scores = new Map<number, number>();
  for (const row of rows) {
    const places = numbersIn(text(row, 'places'));
    const weight = inverseFrequency(documents, places.length) * (K1 + 1);
    for (const place of places) {
      const seq = Math.floor(place / SEQ_UNIT);
      const rest = place - seq * SEQ_UNIT;
      const frequency = Math.floor(rest / FREQUENCY_UNIT);
      const length = rest - frequency * FREQUENCY_UNIT;
      const score = (weight * frequency) / (frequency + K1 * (1 - B + (B * length) / averageLength));
      scores.set(seq, (scores.get(seq) ?? 0) + score);
    }
  }
  return Array.from(scores, ([seq, score]) => ({ seq, score })).sort(
    (a, b) => b.score - a.score || b.seq - a.seq,
  );
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

/** The form of inverse document frequency that is never negative, as Lucene has it. */
function inverseFrequency(documents: number, withTerm: number): number {
  return Math.log(1 + Math.max(documents - withTerm + 0.5, 0.5) / (withTerm + 0.5));
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
