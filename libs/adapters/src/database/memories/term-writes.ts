import type { MemoryTraits } from '#libs/memory';
import { insertRows, partsToInsert } from '../insert-row.js';
import { listOf, sql } from '../sql.js';
import { partsOf } from '../statement-sizes.js';
import type { Unit } from '../unit-of-work.js';
import { LONGEST_MEMORY, MOST_FREQUENT, ownerOf, termKey } from './term-index.js';
import { addTraits } from './trait-writes.js';

/** Six values a row, and SQLite binds at most 32,766 in a statement. */
const ROWS_PER_STATEMENT = 1_024;
const OWNERS_PER_STATEMENT = 512;
/** The columns of `memory_term_totals`, in the order in which their values are given. */
export const TOTALS = 'tenant_id, owner, documents, terms, newest, living';

/** A memory that comes into the index. */
export interface MemoryToIndex {
  readonly seq: number;
  readonly userId: string;
  /** In text order, repeats included. */
  readonly terms: readonly string[];
  readonly traits: MemoryTraits;
}

/** A memory's place in the index. */
export interface IndexedMemory {
  readonly seq: number;
  readonly userId: string;
  /** As {@link joinTerms} made it. */
  readonly terms: string;
  readonly termCount: number;
}

type TermRow = readonly [owner: number, term: string, seq: number, frequency: number, length: number];

/** The distinct terms of a memory, as kept beside it so that they can be taken out of the index again. */
export function joinTerms(terms: readonly string[]): string {
  return [...new Set(terms.map(termKey))].join(' ');
}

export async function addManyToIndex(unit: Unit, memories: readonly MemoryToIndex[]): Promise<void> {
  // In the order of the table's key, so that neighbours are written together.
  const rows = memories.flatMap(termRows).sort(byKey);
  for (const some of partsToInsert(unit.dialect, rows, ROWS_PER_STATEMENT)) {
    const values = some.map((row) => [unit.tenantId, ...row]);
    await unit.send(
      insertRows(unit.dialect, 'memory_terms', 'tenant_id, owner, term, seq, frequency, length', values),
    );
  }
  await addTraits(
    unit,
    memories.map((memory) => ({ ...memory, length: memory.terms.length })),
  );
  const totals = new Map<number, { documents: number; terms: number; newest: number }>();
  for (const { seq, userId, terms } of memories) {
    const owner = ownerOf(userId);
    const { documents, terms: before, newest } = totals.get(owner) ?? { documents: 0, terms: 0, newest: 0 };
    totals.set(owner, {
      documents: documents + 1,
      terms: before + terms.length,
      newest: Math.max(newest, seq),
    });
  }
  const sorted = [...totals].sort(([a], [b]) => a - b);
  for (const some of partsToInsert(unit.dialect, sorted, OWNERS_PER_STATEMENT)) {
    const values = some.map(([owner, { documents, terms, newest }]) => {
      return [unit.tenantId, owner, documents, terms, newest, documents];
    });
    await unit.send(sql`${insertRows(unit.dialect, 'memory_term_totals', TOTALS, values)}
      ON CONFLICT (tenant_id, owner) DO UPDATE
      SET documents = memory_term_totals.documents + excluded.documents,
        terms = memory_term_totals.terms + excluded.terms,
        newest = CASE WHEN memory_term_totals.newest > excluded.newest
          THEN memory_term_totals.newest ELSE excluded.newest END,
        living = memory_term_totals.living + excluded.living`);
  }
}

export async function removeFromIndex(unit: Unit, memory: IndexedMemory): Promise<void> {
  const owner = ownerOf(memory.userId);
  for (const some of partsOf(termsIn(memory.terms), ROWS_PER_STATEMENT)) {
    await unit.send(sql`DELETE FROM memory_terms WHERE tenant_id = ${unit.tenantId} AND owner = ${owner}
      AND term IN ${listOf(some)} AND seq = ${memory.seq}`);
  }
  const described = await unit.run(sql`DELETE FROM memory_traits
    WHERE tenant_id = ${unit.tenantId} AND owner = ${owner} AND seq = ${memory.seq}`);
  await unit.send(sql`UPDATE memory_term_totals
    SET documents = documents - 1, terms = terms - ${memory.termCount}, living = living - ${described}
    WHERE tenant_id = ${unit.tenantId} AND owner = ${owner}`);
}

/** The terms that {@link joinTerms} joined. */
export function termsIn(joined: string): readonly string[] {
  return joined === '' ? [] : joined.split(' ');
}

function termRows({ seq, userId, terms }: MemoryToIndex): readonly TermRow[] {
  const owner = ownerOf(userId);
  const frequencies = new Map<string, number>();
  for (const term of terms.map(termKey)) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
  const length = Math.min(terms.length, LONGEST_MEMORY);
  return Array.from(frequencies, ([term, frequency]) => [
    owner,
    term,
    seq,
    Math.min(frequency, MOST_FREQUENT),
    length,
  ]);
}

function byKey(a: TermRow, b: TermRow): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  if (a[1] !== b[1]) return a[1] < b[1] ? -1 : 1;
  return a[2] - b[2];
}
