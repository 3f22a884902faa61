import type { AwaitedLinks, StoredTrace, ToldMemory } from '#libs/memory';
import { instant, optionalInstant, optionalText, text } from '../row.js';
import type { Row } from '../row.js';
import { joinSql, listOf, sql, trusted } from '../sql.js';
import type { Sql } from '../sql.js';
import { padded, partsOf } from '../statement-sizes.js';
import type { Unit } from '../unit-of-work.js';
import { toScope } from './memory.mapper.js';

const LINKS_PER_STATEMENT = 512;
const COLUMNS = trusted(
  [
    'id, user_id, session_id, agent_id, turn_id, content_hash, deleted_at, valid_from, valid_until, created_at',
    'chain_id, supersedes, superseded_by, awaited_predecessor, awaited_successor',
  ]
    .join(', ')
    .replace(/\w+/g, 'm.$&'),
);

/** Links by both of their ends. */
export interface Links {
  /** Successor's id → predecessor's id. */
  readonly before: ReadonlyMap<string, string>;
  /** Predecessor's id → successor's id. */
  readonly after: ReadonlyMap<string, string>;
}

/** A stored memory as the linking of others sees it. */
export interface StoredMember {
  readonly memory: ToldMemory & StoredTrace;
  readonly chainId: string;
  readonly awaits: AwaitedLinks;
}

/** By id, whosever they are. */
export async function storedTraces(
  unit: Unit,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredMember>> {
  const rows = await unit.all(sql`SELECT ${COLUMNS} FROM memories m
    WHERE m.tenant_id = ${unit.tenantId} AND m.id IN ${listOf(padded(ids))}`);
  return new Map(rows.map((row) => [text(row, 'id'), toMember(row)]));
}

/** The members of chains that await something, of each chain together. */
export async function awaitingIn(unit: Unit, chainIds: readonly string[]): Promise<readonly StoredMember[]> {
  const rows = await unit.all(sql`SELECT ${COLUMNS} FROM memories m
    WHERE m.tenant_id = ${unit.tenantId} AND m.chain_id IN ${listOf(padded(chainIds))}
      AND (m.awaited_predecessor IS NOT NULL OR m.awaited_successor IS NOT NULL)
    ORDER BY m.chain_id, m.id`);
  return rows
    .map(toMember)
    .filter(({ awaits }) => awaits.predecessor !== undefined || awaits.successor !== undefined);
}

/** What was superseded since, or is linked already, awaits that link no more. */
function toMember(row: Row): StoredMember {
  const [supersedes, supersededBy] = [optionalText(row, 'supersedes'), optionalText(row, 'superseded_by')];
  const awaits = {
    predecessor: supersedes === undefined ? optionalText(row, 'awaited_predecessor') : undefined,
    successor: supersededBy === undefined ? optionalText(row, 'awaited_successor') : undefined,
  };
  return {
    memory: {
      id: text(row, 'id'),
      scope: toScope(row),
      contentHash: text(row, 'content_hash'),
      deletedAt: optionalInstant(row, 'deleted_at'),
      validFrom: instant(row, 'valid_from'),
      validUntil: optionalInstant(row, 'valid_until'),
      createdAt: instant(row, 'created_at'),
      supersedes: supersedes ?? awaits.predecessor,
      supersededBy: supersededBy ?? awaits.successor,
    },
    chainId: text(row, 'chain_id'),
    awaits,
  };
}

/** Makes the links of memories that are stored; all else that they say of themselves stays as it was told. */
export async function linkStored(unit: Unit, { before, after }: Links): Promise<void> {
  for (const some of partsOf([...before], LINKS_PER_STATEMENT)) {
    await unit.send(sql`UPDATE memories AS m SET supersedes = x.column2, awaited_predecessor = NULL
      FROM (VALUES ${pairs(some)}) AS x WHERE m.tenant_id = ${unit.tenantId} AND m.id = x.column1`);
  }
  for (const some of partsOf([...after], LINKS_PER_STATEMENT)) {
    await unit.send(sql`UPDATE memories AS m SET superseded_by = x.column2, awaited_successor = NULL
      FROM (VALUES ${pairs(some)}) AS x WHERE m.tenant_id = ${unit.tenantId} AND m.id = x.column1`);
  }
}

function pairs(links: readonly (readonly [string, string])[]): Sql {
  return joinSql(
    links.map(([id, neighbour]) => sql`(${id}, ${neighbour})`),
    ', ',
  );
}

export async function joinChains(unit: Unit, from: string, to: string): Promise<void> {
  await unit.send(sql`UPDATE memories SET chain_id = ${to}
    WHERE tenant_id = ${unit.tenantId} AND chain_id = ${from}`);
}
