import type { MemoryTraits } from '#libs/memory';
import { insertRows } from '../insert-row.js';
import { joinSql, sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { ownerOf } from './term-index.js';

/** Nine values a row; SQLite binds at most 32,766 in a statement. */
const ROWS_PER_STATEMENT = 1_000;
const COLUMNS = 'tenant_id, owner, seq, length, episode, position, asked, topic, told_at';

/** A stored memory and what ranking knows of it. */
export interface DescribedMemory {
  readonly seq: number;
  readonly userId: string;
  /** How many terms it has. */
  readonly length: number;
  readonly traits: MemoryTraits;
}

/** To be called after the memories' terms were added, which makes the totals of their users. */
export async function addTraits(unit: Unit, memories: readonly DescribedMemory[]): Promise<void> {
  for (let start = 0; start < memories.length; start += ROWS_PER_STATEMENT) {
    const rows = memories.slice(start, start + ROWS_PER_STATEMENT).map(({ seq, userId, length, traits }) => {
      const { episode, position, asked, topic, toldAt } = traits;
      return [unit.tenantId, ownerOf(userId), seq, length, episode, position, asked, topic, toldAt];
    });
    await unit.run(insertRows('memory_traits', COLUMNS, rows));
  }
  const added = new Map<number, { newest: number; count: number }>();
  for (const { seq, userId } of memories) {
    const owner = ownerOf(userId);
    const { newest, count } = added.get(owner) ?? { newest: 0, count: 0 };
    added.set(owner, { newest: Math.max(newest, seq), count: count + 1 });
  }
  for (const [owner, { newest, count }] of [...added].sort(([a], [b]) => a - b)) {
    await unit.run(sql`UPDATE memory_term_totals SET living = living + ${count},
        newest = CASE WHEN newest > ${newest} THEN newest ELSE ${newest} END
      WHERE tenant_id = ${unit.tenantId} AND owner = ${owner}`);
  }
}

export async function removeTraits(unit: Unit, userId: string, seq: number): Promise<void> {
  const where = joinSql([sql`tenant_id = ${unit.tenantId}`, sql`owner = ${ownerOf(userId)}`], ' AND ');
  const removed = await unit.run(sql`DELETE FROM memory_traits WHERE ${where} AND seq = ${seq}`);
  await unit.run(sql`UPDATE memory_term_totals SET living = living - ${removed} WHERE ${where}`);
}
