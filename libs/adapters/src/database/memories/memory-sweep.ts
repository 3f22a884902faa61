import { forgetTellingsOf } from '../erasure/forget-tellings.js';
import { text } from '../row.js';
import { sql } from '../sql.js';
import type { Sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import type { MemoryRows } from './memory-rows.js';

const TURN_LIFE_MS = 24 * 60 * 60 * 1000;

/**
 * Erases a tenant's memories whose time is over: links down to a tombstone, so that their chain still holds together,
 * others altogether. @returns how many.
 */
export async function sweepMemories(unit: Unit, rows: MemoryRows, now: Date): Promise<number> {
  const due = sql`m.deleted_at IS NULL AND (m.expires_at IS NOT NULL AND m.expires_at <= ${now.getTime()}
    OR m.turn_id IS NOT NULL AND m.created_at <= ${now.getTime() - TURN_LIFE_MS})`;
  await forgetTellings(unit, due);
  const alone = sql`m.supersedes IS NULL AND m.superseded_by IS NULL`;
  const erased = await rows.erase(sql`${due} AND ${alone}`);
  const linked = await unit.all(
    sql`SELECT m.id FROM memories m WHERE m.tenant_id = ${unit.tenantId} AND ${due}`,
  );
  for (const row of linked) await rows.turnToTombstone(text(row, 'id'), now);
  return erased.memories + linked.length;
}

/** What is kept of answers in which they were told. */
async function forgetTellings(unit: Unit, due: Sql): Promise<void> {
  const told = await unit.all(sql`SELECT m.id, m.user_id FROM memories m
    WHERE m.tenant_id = ${unit.tenantId} AND ${due} ORDER BY m.user_id, m.id`);
  const ofUsers = new Map<string, string[]>();
  for (const row of told) {
    const ids = ofUsers.get(text(row, 'user_id')) ?? [];
    ids.push(text(row, 'id'));
    ofUsers.set(text(row, 'user_id'), ids);
  }
  for (const [userId, ids] of ofUsers) await forgetTellingsOf(unit, userId, ids);
}
