import { maySee } from '#libs/kernel';
import type { Caller, Scope } from '#libs/kernel';
import { judgeImport, settleChain } from '#libs/memory';
import type { BrokenLink, ImportVerdict, NewMemory, StoredPage, StoredTrace } from '#libs/memory';
import { numeric, optionalInstant, optionalText, text } from '../row.js';
import type { Row } from '../row.js';
import { listOf, sql, trusted } from '../sql.js';
import { padded } from '../statement-sizes.js';
import type { Unit } from '../unit-of-work.js';
import { ImportedChains } from './imported-chains.js';
import { COLUMNS_OF_M, toMemory, toScope } from './memory.mapper.js';
import type { MemoryRows } from './memory-rows.js';
import { inScope } from './memory-view.js';

/** Looked up together: up to three ids each. */
const ROWS_PER_LOOKUP = 500;

/** See `MemoryStore.storedAfter`. */
export async function storedMemories(
  unit: Unit,
  scope: Scope,
  position: number,
  limit: number,
): Promise<StoredPage> {
  const rows = await unit.all(sql`SELECT ${trusted(COLUMNS_OF_M)} FROM memories m
    WHERE ${inScope(unit.tenantId, scope, 'subtree')} AND m.seq > ${position} ORDER BY m.seq LIMIT ${limit}`);
  const last = rows.at(-1);
  const isFull = last !== undefined && rows.length === limit;
  return { memories: rows.map(toMemory), next: isFull ? numeric(last, 'seq') : null };
}

/** See `MemoryStore.positionOf`. */
export async function positionOfMemory(unit: Unit, caller: Caller, id: string): Promise<number | null> {
  const row = await unit.first(sql`SELECT m.seq, m.user_id FROM memories m
    WHERE m.tenant_id = ${unit.tenantId} AND m.id = ${id}`);
  return row !== undefined && maySee(caller, text(row, 'user_id')) ? numeric(row, 'seq') : null;
}

/** See `MemoryStore.importMany`. */
export async function importMemories(
  unit: Unit,
  rows: MemoryRows,
  memories: readonly NewMemory[],
): Promise<readonly ImportVerdict[]> {
  const verdicts: ImportVerdict[] = [];
  for (let start = 0; start < memories.length; start += ROWS_PER_LOOKUP) {
    verdicts.push(...(await importSome(unit, rows, memories.slice(start, start + ROWS_PER_LOOKUP))));
  }
  return verdicts;
}

async function importSome(
  unit: Unit,
  rows: MemoryRows,
  some: readonly NewMemory[],
): Promise<readonly ImportVerdict[]> {
  const { stored, successors, chainIds } = await whatIsThere(unit, some);
  const verdicts = judgeImport(
    some.map(({ memory }) => memory),
    stored,
    successors,
  );
  const fresh = some.filter((_, i) => verdicts[i] === 'imported');
  const chains = new ImportedChains(chainIds, successors);
  for (const { memory } of fresh) chains.add(memory);
  await rows.insertAll(fresh.map((one) => ({ ...one, chainId: chains.chainOf(one.memory.id) })));
  for (const { from, to } of chains.joined()) {
    await unit.run(sql`UPDATE memories SET chain_id = ${to}
      WHERE tenant_id = ${unit.tenantId} AND chain_id = ${from}`);
  }
  return verdicts;
}

interface WhatIsThere {
  readonly stored: ReadonlyMap<string, StoredTrace>;
  /** Predecessor's id → successor's id. */
  readonly successors: ReadonlyMap<string, string>;
  /** Memory's id → id of its chain. */
  readonly chainIds: ReadonlyMap<string, string>;
}

/** The memories themselves, and what stands next to them in their chains. */
async function whatIsThere(unit: Unit, some: readonly NewMemory[]): Promise<WhatIsThere> {
  const ids = some.flatMap(({ memory: { id, supersedes, supersededBy } }) =>
    [id, supersedes, supersededBy].filter((named) => named !== undefined),
  );
  const named = listOf(padded([...new Set(ids)]));
  const rows = await unit.all(sql`SELECT m.id, m.user_id, m.session_id, m.agent_id, m.turn_id,
      m.content_hash, m.deleted_at, m.superseded_by, m.chain_id
    FROM memories m WHERE m.tenant_id = ${unit.tenantId} AND m.id IN ${named}`);
  const followers = await unit.all(sql`SELECT m.id, m.supersedes, m.chain_id FROM memories m
    WHERE m.tenant_id = ${unit.tenantId} AND m.supersedes IN ${named}`);
  const chainOf = (row: Row): [string, string] => [text(row, 'id'), text(row, 'chain_id')];
  return {
    stored: new Map(rows.map((row) => [text(row, 'id'), toTrace(row)])),
    successors: new Map(followers.map((row) => [text(row, 'supersedes'), text(row, 'id')])),
    chainIds: new Map([...rows, ...followers].map(chainOf)),
  };
}

function toTrace(row: Row): StoredTrace {
  return {
    id: text(row, 'id'),
    scope: toScope(row),
    contentHash: text(row, 'content_hash'),
    deletedAt: optionalInstant(row, 'deleted_at'),
    supersededBy: optionalText(row, 'superseded_by'),
  };
}

/** See `MemoryStore.settleImport`. */
export async function settleImported(
  unit: Unit,
  rows: MemoryRows,
  userId: string,
  ids: readonly string[],
): Promise<readonly BrokenLink[]> {
  const imported = new Set(ids);
  // By id alone: with a condition on the user SQLite would rather go through all that the user has.
  const found = await unit.all(sql`SELECT m.chain_id, m.user_id FROM memories m
    WHERE m.tenant_id = ${unit.tenantId} AND m.id IN ${listOf(padded(ids))}`);
  const theirs = found.filter((row) => text(row, 'user_id') === userId);
  const chains = await rows.chains([...new Set(theirs.map((row) => text(row, 'chain_id')))], true);
  const erased: BrokenLink[] = [];
  for (const chain of chains.values()) {
    const { broken, unknown } = settleChain(chain);
    erased.push(...broken.filter(({ id }) => imported.has(id)));
    for (const { predecessor, successor } of unknown) await rows.end(predecessor.id, successor);
  }
  if (erased.length > 0) await rows.erase(sql`m.id IN ${listOf(erased.map(({ id }) => id))}`);
  return erased;
}
