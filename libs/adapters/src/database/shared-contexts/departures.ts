import type { ContextChange } from '#libs/shared-context';
import { decodeText, encodeText } from '../exact-text.js';
import { bytes, isNull, numeric, optionalText, text } from '../row.js';
import { joinSql, listOf, rowLocks, type Sql, sql, trusted } from '../sql.js';
import { partsOf } from '../statement-sizes.js';
import type { Unit } from '../unit-of-work.js';

const ROWS_PER_STATEMENT = 1_024;

type DepartureType = 'entry.deleted' | 'entry.evicted' | 'entry.expired';

/** What there is to tell of an entry that left. */
export interface Departed extends ContextChange {
  readonly key: string;
  readonly version: number;
}

/** Leaves of an entry its address, owner, version and times. */
const EMPTIED = [
  sql`original = NULL`,
  sql`compressed = NULL`,
  sql`entry_key = ${encodeText('')}`,
  sql`agent = NULL`,
  sql`hash = ''`,
  sql`transforms = '[]'`,
  sql`metadata = '{}'`,
];

/**
 * Empties the entries of a condition, at most `limit`, so that a trace of each stays. An expired one stays known as
 * expired; of others is noted that they are gone.
 * @returns what there is to tell, the oldest first.
 */
export async function takeLeave(
  unit: Unit,
  type: DepartureType,
  where: Sql,
  at: Date,
  limit = 1_000_000,
): Promise<readonly Departed[]> {
  const order = type === 'entry.expired' ? 'expires_at, sequence' : 'sequence';
  // Locked, so that none of them is erased, with what was told of it, before this has told of it.
  const rows =
    await unit.all(sql`SELECT address, entry_key, agent, user_id, version FROM shared_context_entries
    WHERE ${where} ORDER BY ${trusted(order)} LIMIT ${limit} ${rowLocks(unit.dialect)}`);
  const left = type === 'entry.expired' ? EMPTIED : [...EMPTIED, sql`gone_at = ${at.getTime()}`];
  for (const part of partsOf(rows, ROWS_PER_STATEMENT)) {
    const addresses = listOf(part.map((row) => text(row, 'address')));
    await unit.send(sql`UPDATE shared_context_entries SET ${joinSql(left, ', ')}
      WHERE tenant_id = ${unit.tenantId} AND address IN ${addresses}`);
    await unit.send(sql`DELETE FROM shared_context_sources
      WHERE tenant_id = ${unit.tenantId} AND address IN ${addresses}`);
  }
  return rows.map((row) => ({
    type,
    key: decodeText(bytes(row, 'entry_key')),
    version: numeric(row, 'version'),
    agent: isNull(row, 'agent') ? undefined : decodeText(bytes(row, 'agent')),
    userId: optionalText(row, 'user_id'),
    at,
  }));
}
