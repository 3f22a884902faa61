import { type Caller, maySee } from '#libs/kernel';
import type { Handoff, HandoffDraft, PinLookup } from '#libs/shared-context';
import { addressOf } from '../../address.js';
import { decodeText, encodeText } from '../../exact-text.js';
import { insertRecords, partsToInsert } from '../../insert-row.js';
import { bytes, instant, isNull, optionalText, type Row, text } from '../../row.js';
import { listOf, rowLocks, sql, trusted } from '../../sql.js';
import type { Unit } from '../../unit-of-work.js';
import { PINNED_COLUMNS, pinnedRow, toPinned } from './handoff.mapper.js';
import type { AddressedText } from './pin-originals.js';

/** Fourteen values a row, and a statement may bind 32,766. */
const ROWS_PER_STATEMENT = 128;

/** What stands under one of a draft's keys, and its text where there is one. */
export interface FoundEntry {
  readonly lookup: PinLookup;
  readonly pinned?: AddressedText | undefined;
}

/** What stands under the keys, in their order; it cannot be erased before the unit ends. */
export async function findEntries(
  unit: Unit,
  caller: Caller,
  { context, keys, createdAt }: HandoffDraft,
): Promise<FoundEntry[]> {
  const addresses = keys.map((key) => addressOf(context, key));
  const rows = await unit.all(sql`SELECT address, ${trusted(PINNED_COLUMNS)}, expires_at, gone_at, compressed
    FROM shared_context_entries WHERE tenant_id = ${unit.tenantId} AND address IN ${listOf(addresses)}
    ORDER BY address ${rowLocks(unit.dialect)}`);
  const byAddress = new Map(rows.map((row) => [text(row, 'address'), row]));
  return addresses.map((address) => toFound(byAddress.get(address), caller, createdAt));
}

function toFound(row: Row | undefined, caller: Caller, now: Date): FoundEntry {
  if (row === undefined || !isNull(row, 'gone_at')) return { lookup: { status: 'unknown' } };
  const isAlive = !isNull(row, 'compressed') && instant(row, 'expires_at') > now;
  const isSeen = maySee(caller, optionalText(row, 'user_id'));
  if (!isAlive && !isSeen) return { lookup: { status: 'unknown' } };
  if (!isAlive) return { lookup: { status: 'expired', expiredAt: instant(row, 'expires_at') } };
  if (!isSeen) return { lookup: { status: 'forbidden' } };
  const entry = toPinned(row);
  const compressed = decodeText(bytes(row, 'compressed'));
  return { lookup: { status: 'found', entry }, pinned: { address: text(row, 'address'), entry, compressed } };
}

/** Writes the pinned entries beside their handoff, those that were left out last and without their contents. */
export async function keepPinned(
  unit: Unit,
  { id, entries, leftOut }: Handoff,
  texts: readonly AddressedText[],
): Promise<void> {
  const compressedOf = new Map(texts.map(({ entry, compressed }) => [entry, compressed]));
  const rows = [...entries, ...leftOut].map((entry, position) => {
    const compressed = position < entries.length ? encodeText(compressedOf.get(entry) ?? '') : null;
    return pinnedRow({ tenantId: unit.tenantId, handoffId: id, position }, entry, compressed);
  });
  for (const part of partsToInsert(unit.dialect, rows, ROWS_PER_STATEMENT)) {
    await unit.send(insertRecords(unit.dialect, 'handoff_entries', part));
  }
}
