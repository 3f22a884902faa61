import type { Caller } from '#libs/kernel';
import { type EntrySource, type KnownSource, pinSources, type SourceRequest } from '#libs/shared-context';
import { addressOf } from '../address.js';
import { decodeText, encodeText } from '../exact-text.js';
import { insertRows } from '../insert-row.js';
import { bytes, instant, isNull, numeric, optionalText, type Row, text } from '../row.js';
import { listOf, rowLocks, sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { visibleTo } from '../visibility.js';

/** A source and whose it is, which decides who is told of it. */
export interface OwnedSource extends EntrySource {
  readonly userId: string | undefined;
}

/** The sources of an entry in the versions that are there; none of them can be erased before the unit ends. */
export async function findSources(
  unit: Unit,
  caller: Caller,
  context: string,
  requests: readonly SourceRequest[],
  now: Date,
): Promise<readonly OwnedSource[]> {
  if (requests.length === 0) return [];
  const addresses = requests.map(({ key }) => addressOf(context, key));
  const rows =
    await unit.all(sql`SELECT address, version, user_id, expires_at, gone_at, original IS NULL AS is_trace
    FROM shared_context_entries WHERE tenant_id = ${unit.tenantId} AND address IN ${listOf(addresses)}
    ORDER BY address ${rowLocks(unit.dialect)}`);
  const byAddress = new Map(rows.map((row) => [text(row, 'address'), toKnown(row, now)]));
  const known = addresses.map((address) => byAddress.get(address));
  return pinSources(caller, requests, known).map((source, index) => ({
    ...source,
    userId: known[index]?.userId,
  }));
}

/** Writes what an entry was made from, in place of what its last version was made from. */
export async function saveSources(
  unit: Unit,
  address: string,
  sources: readonly OwnedSource[],
): Promise<void> {
  await unit.send(
    sql`DELETE FROM shared_context_sources WHERE tenant_id = ${unit.tenantId} AND address = ${address}`,
  );
  if (sources.length === 0) return;
  const rows = sources.map(({ key, version, userId }, position) => [
    unit.tenantId,
    address,
    position,
    encodeText(key),
    version,
    userId ?? null,
  ]);
  const columns = 'tenant_id, address, position, source_key, source_version, user_id';
  await unit.send(insertRows(unit.dialect, 'shared_context_sources', columns, rows));
}

/** What entries were made from, as far as the caller may see it, by their addresses. */
export async function sourcesOf(
  unit: Unit,
  caller: Caller,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, readonly EntrySource[]>> {
  const byAddress = new Map<string, EntrySource[]>();
  if (addresses.length === 0) return byAddress;
  const rows = await unit.all(sql`SELECT address, source_key, source_version FROM shared_context_sources
    WHERE tenant_id = ${unit.tenantId} AND address IN ${listOf(addresses)} AND ${visibleTo(caller)}
    ORDER BY address, position`);
  for (const row of rows) {
    const source = { key: decodeText(bytes(row, 'source_key')), version: numeric(row, 'source_version') };
    const address = text(row, 'address');
    byAddress.set(address, [...(byAddress.get(address) ?? []), source]);
  }
  return byAddress;
}

function toKnown(row: Row, now: Date): KnownSource {
  const isHeld = row.is_trace !== true && row.is_trace !== 1 && isNull(row, 'gone_at');
  return {
    version: numeric(row, 'version'),
    userId: optionalText(row, 'user_id'),
    isAlive: isHeld && instant(row, 'expires_at') > now,
  };
}
