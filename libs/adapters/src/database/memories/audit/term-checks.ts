import { analyse } from '#libs/relevance';
import { decodeText } from '../../exact-text.js';
import { insertRows } from '../../insert-row.js';
import { bytes, isNull, numeric, optionalText, text } from '../../row.js';
import type { Row } from '../../row.js';
import { joinSql, listOf, sql } from '../../sql.js';
import { partsOf } from '../../statement-sizes.js';
import type { Unit } from '../../unit-of-work.js';
import { LONGEST_MEMORY, MOST_FREQUENT, ownerOf, termKey } from '../term-index.js';
import { termsIn, TOTALS } from '../term-writes.js';
import { PAGE_SIZE, pageOf } from './audit-check.js';
import type { AuditFault, PagedCheck } from './audit-check.js';
import { beyond, bySeq } from './row-checks.js';

const TERMS_PER_STATEMENT = 1_024;

/** Every term that is kept with a memory stands in the index. */
export const indexedTerms: PagedCheck = {
  check: 'text index',
  remedy: 'repair enters the missing terms',
  async page(unit, after) {
    const rows = await unit.all(sql`SELECT m.seq, m.id, m.user_id, m.terms, m.term_count, m.subject, m.content
      FROM memories m WHERE m.tenant_id = ${unit.tenantId} AND ${beyond(after)} AND m.deleted_at IS NULL
      ORDER BY m.seq LIMIT ${PAGE_SIZE}`);
    const present = await presentTerms(unit, rows);
    const faults = rows.flatMap((row): AuditFault[] => {
      const missing = termsIn(text(row, 'terms')).filter((term) => !present.has(placeOf(row, term)));
      if (missing.length === 0) return [];
      return [{ id: text(row, 'id'), repair: (writing) => enterTerms(writing, row, missing) }];
    });
    return pageOf(rows, faults, bySeq);
  },
};

/** Which terms of the memories the index has, with the length it should give them. */
async function presentTerms(unit: Unit, rows: readonly Row[]): Promise<ReadonlySet<string>> {
  const wanted = rows.flatMap((row) => {
    const owner = ownerOf(text(row, 'user_id'));
    return termsIn(text(row, 'terms')).map((term) => [owner, term, numeric(row, 'seq')] as const);
  });
  const present = new Set<string>();
  for (const some of partsOf(wanted, TERMS_PER_STATEMENT)) {
    const places = some.map(
      ([owner, term, seq]) => sql`(CAST(${owner} AS BIGINT), ${term}, CAST(${seq} AS BIGINT))`,
    );
    const found = await unit.all(sql`SELECT p.seq, p.term FROM (VALUES ${joinSql(places, ', ')}) AS x
      CROSS JOIN memory_terms p WHERE p.tenant_id = ${unit.tenantId} AND p.owner = x.column1
        AND p.term = x.column2 AND p.seq = x.column3`);
    for (const row of found) present.add(placeOf(row, text(row, 'term')));
  }
  return present;
}

async function enterTerms(unit: Unit, memory: Row, missing: readonly string[]): Promise<void> {
  const content = decodeText(bytes(memory, 'content'));
  const analysed = [...analyse(optionalText(memory, 'subject') ?? ''), ...analyse(content)].map(termKey);
  for (const some of partsOf(missing, TERMS_PER_STATEMENT)) {
    const rows = some.map((term) => [
      unit.tenantId,
      ownerOf(text(memory, 'user_id')),
      term,
      numeric(memory, 'seq'),
      Math.min(Math.max(analysed.filter((other) => other === term).length, 1), MOST_FREQUENT),
      Math.min(numeric(memory, 'term_count'), LONGEST_MEMORY),
    ]);
    await unit.send(
      insertRows(unit.dialect, 'memory_terms', 'tenant_id, owner, term, seq, frequency, length', rows),
    );
  }
}

/** Every entry of the index belongs to a living memory of that owner that has the term. */
export const strayTerms: PagedCheck = {
  check: 'stray terms',
  remedy: 'repair takes them out of the index',
  async page(unit, after) {
    const [owner = -1, term = '', seq = -1] = after ?? [];
    const rows = await unit.all(sql`SELECT p.owner, p.term, p.seq, m.user_id, m.terms FROM memory_terms p
      LEFT JOIN memories m ON m.tenant_id = p.tenant_id AND m.seq = p.seq AND m.deleted_at IS NULL
      WHERE p.tenant_id = ${unit.tenantId} AND (p.owner > ${owner} OR p.owner = ${owner} AND p.term > ${term}
        OR p.owner = ${owner} AND p.term = ${term} AND p.seq > ${seq})
      ORDER BY p.owner, p.term, p.seq LIMIT ${PAGE_SIZE}`);
    const faults = rows.filter(isStray).map((row) => ({
      id: `memory ${numeric(row, 'seq')}`,
      repair: (writing: Unit) =>
        writing.run(sql`DELETE FROM memory_terms WHERE tenant_id = ${writing.tenantId}
          AND owner = ${numeric(row, 'owner')} AND term = ${text(row, 'term')} AND seq = ${numeric(row, 'seq')}`),
    }));
    return pageOf(rows, faults, (row) => [numeric(row, 'owner'), text(row, 'term'), numeric(row, 'seq')]);
  },
};

function isStray(row: Row): boolean {
  if (isNull(row, 'user_id') || ownerOf(text(row, 'user_id')) !== numeric(row, 'owner')) return true;
  return !termsIn(text(row, 'terms')).includes(text(row, 'term'));
}

/** The totals of each user's index are those of the user's living memories. */
export const indexTotals: PagedCheck = {
  check: 'index totals',
  remedy: 'repair counts them anew',
  async page(unit, after) {
    const rows = await unit.all(sql`SELECT m.user_id,
        SUM(CASE WHEN m.deleted_at IS NULL THEN 1 ELSE 0 END) AS documents,
        SUM(CASE WHEN m.deleted_at IS NULL THEN m.term_count ELSE 0 END) AS terms,
        MAX(CASE WHEN m.deleted_at IS NULL THEN m.seq ELSE 0 END) AS newest
      FROM memories m WHERE m.tenant_id = ${unit.tenantId} AND m.user_id > ${after?.[0] ?? ''}
      GROUP BY m.user_id ORDER BY m.user_id LIMIT ${PAGE_SIZE}`);
    const owners = rows.map((row) => ownerOf(text(row, 'user_id')));
    const kept = await unit.all(sql`SELECT owner, documents, terms, newest, living FROM memory_term_totals
      WHERE tenant_id = ${unit.tenantId} AND owner IN ${listOf(owners)}`);
    const totalOf = new Map(kept.map((row) => [numeric(row, 'owner'), row]));
    const faults = rows.flatMap((row): AuditFault[] => {
      const owner = ownerOf(text(row, 'user_id'));
      const total = totalOf.get(owner);
      const [documents, terms, newest] = [
        numeric(row, 'documents'),
        numeric(row, 'terms'),
        numeric(row, 'newest'),
      ];
      if (total === undefined ? documents === 0 : isCounted(total, documents, terms, newest)) return [];
      const values = [[unit.tenantId, owner, documents, terms, newest, documents]];
      const repair = (writing: Unit) =>
        writing.run(sql`${insertRows(unit.dialect, 'memory_term_totals', TOTALS, values)}
          ON CONFLICT (tenant_id, owner) DO UPDATE SET documents = excluded.documents, terms = excluded.terms,
            newest = excluded.newest, living = excluded.living`);
      return [{ id: `owner ${owner}`, repair }];
    });
    return pageOf(rows, faults, (row) => [text(row, 'user_id')]);
  },
};

/** What is newest may have been erased since. */
function isCounted(total: Row, documents: number, terms: number, newest: number): boolean {
  return (
    numeric(total, 'documents') === documents &&
    numeric(total, 'living') === documents &&
    numeric(total, 'terms') === terms &&
    numeric(total, 'newest') >= newest
  );
}

function placeOf(row: Row, term: string): string {
  return `${numeric(row, 'seq')} ${term}`;
}
