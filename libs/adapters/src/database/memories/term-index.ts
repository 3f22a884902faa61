import { createHash } from 'node:crypto';
import { addressOf } from '../address.js';
import { labelText } from '../exact-text.js';
import { insertRows } from '../insert-row.js';
import { numeric, text } from '../row.js';
import { joinSql, listOf, sql } from '../sql.js';
import type { Sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';

/** BM25's saturation and length normalisation (Robertson & Zaragoza 2009). */
const K1 = 1.2;
const B = 0.75;

/** Six values a row; PostgreSQL binds at most 65,535 in a statement and SQLite 32,766. */
const ROWS_PER_STATEMENT = 1_000;
const LONGEST_TERM = 64;

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
    frequency,
    terms.length,
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

/** A user's memories that hold one of the terms, as rows `(seq, score)`; null when the user has none at all. */
export async function scoredByTerms(
  unit: Unit,
  userId: string,
  terms: readonly string[],
): Promise<Sql | null> {
  const owner = ownerOf(userId);
  const wanted = [...new Set(terms.map(termKey))];
  const total = await unit.first(sql`SELECT documents, terms FROM memory_term_totals
    WHERE tenant_id = ${unit.tenantId} AND owner = ${owner}`);
  if (total === undefined || wanted.length === 0) return null;
  const counts = await unit.all(sql`SELECT term, count(*) AS documents FROM memory_terms
    WHERE tenant_id = ${unit.tenantId} AND owner = ${owner} AND term IN ${listOf(wanted)} GROUP BY term`);
  if (counts.length === 0) return null;
  const documents = numeric(total, 'documents');
  const averageLength = Math.max(numeric(total, 'terms') / Math.max(documents, 1), 1);
  const weighted = counts.map((row) => {
    const weight = inverseFrequency(documents, numeric(row, 'documents')) * (K1 + 1);
    return sql`(${text(row, 'term')}, CAST(${weight} AS DOUBLE PRECISION))`;
  });
  const base = K1 * (1 - B);
  const slope = (K1 * B) / averageLength;
  // The terms come first, each read in one stretch; CROSS JOIN keeps SQLite from turning the order around.
  return sql`SELECT p.seq AS seq,
      SUM(q.weight * p.frequency
        / (p.frequency + CAST(${base} AS DOUBLE PRECISION) + CAST(${slope} AS DOUBLE PRECISION) * p.length)) AS score
    FROM (SELECT column1 AS term, column2 AS weight FROM (VALUES ${joinSql(weighted, ', ')}) AS weights) AS q
    CROSS JOIN memory_terms AS p
    WHERE p.tenant_id = ${unit.tenantId} AND p.owner = ${owner} AND p.term = q.term
    GROUP BY p.seq`;
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
