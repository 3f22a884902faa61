import type { Memory } from '#libs/memory';
import { pairTable } from '../bound-tables.js';
import { partsToInsert } from '../insert-row.js';
import { numeric, text } from '../row.js';
import { listOf, rowLocks, sql, trusted } from '../sql.js';
import type { Sql } from '../sql.js';
import { partsOf } from '../statement-sizes.js';
import type { Unit } from '../unit-of-work.js';
import { subjectKey, twinKey } from './batch-plan.js';
import type { BatchSurroundings, StoredLink } from './batch-plan.js';
import { COLUMNS_OF_M, scopeKey, toMemory } from './memory.mapper.js';
import { isCurrent } from './memory-view.js';

const PLACES_PER_STATEMENT = 512;

/** Reads what memories that are about to be inserted would meet, and locks it. */
export async function surroundingsOf(
  unit: Unit,
  memories: readonly Memory[],
  now: Date,
): Promise<BatchSurroundings> {
  const contents = new Map<string, readonly [string, string]>();
  const subjects = new Map<string, readonly [string, string]>();
  const predecessors = new Set<string>();
  for (const memory of memories) {
    const key = scopeKey(memory.scope);
    contents.set(twinKey(memory), [key, memory.contentHash]);
    if (memory.subject !== undefined) subjects.set(subjectKey(memory, memory.subject), [key, memory.subject]);
    if (memory.supersedes !== undefined) predecessors.add(memory.supersedes);
  }
  const twins = await firstOfEach(unit, [...contents.values()], 'content_hash', 'm.seq', now);
  const rivals = await firstOfEach(
    unit,
    [...subjects.values()],
    'subject',
    'm.valid_from DESC, m.seq DESC',
    now,
  );
  return {
    twins: new Map(twins.map((link) => [twinKey(link.memory), link])),
    rivals: new Map(rivals.map((link) => [subjectKey(link.memory, link.memory.subject ?? ''), link])),
    chains: await chainsOf(unit, [...predecessors]),
  };
}

/** The first current memory of each place, a place being a scope key and a value of the column. */
async function firstOfEach(
  unit: Unit,
  places: readonly (readonly [scopeKey: string, value: string])[],
  column: 'content_hash' | 'subject',
  order: string,
  now: Date,
): Promise<StoredLink[]> {
  const links: StoredLink[] = [];
  for (const some of partsToInsert(unit.dialect, places, PLACES_PER_STATEMENT)) {
    const found = await unit.all(sql`SELECT (SELECT m.seq FROM memories m WHERE m.tenant_id = ${unit.tenantId}
        AND m.scope_key = x.column1 AND m.${trusted(column)} = x.column2 AND ${isCurrent(now)}
        ORDER BY ${trusted(order)} LIMIT 1) AS seq
      FROM ${pairTable(unit.dialect, some)}`);
    const numbers = found.filter((row) => row['seq'] !== null).map((row) => numeric(row, 'seq'));
    if (numbers.length > 0) links.push(...(await currentLinks(unit, sql`m.seq IN ${listOf(numbers)}`, now)));
  }
  return links;
}

async function currentLinks(unit: Unit, condition: Sql, now: Date): Promise<StoredLink[]> {
  const rows = await unit.all(sql`SELECT ${trusted(COLUMNS_OF_M)}, m.chain_id FROM memories m
    WHERE m.tenant_id = ${unit.tenantId} AND ${condition} AND ${isCurrent(now)}
    ORDER BY m.seq ${rowLocks(unit.dialect)}`);
  return rows.map((row) => ({ memory: toMemory(row), chainId: text(row, 'chain_id') }));
}

/** The chain of each memory that is there, tombstones included. */
export async function chainsOf(unit: Unit, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const chains = new Map<string, string>();
  for (const some of partsOf(ids, PLACES_PER_STATEMENT)) {
    const rows = await unit.all(sql`SELECT m.id, m.chain_id FROM memories m
      WHERE m.tenant_id = ${unit.tenantId} AND m.id IN ${listOf(some)}`);
    for (const row of rows) chains.set(text(row, 'id'), text(row, 'chain_id'));
  }
  return chains;
}
