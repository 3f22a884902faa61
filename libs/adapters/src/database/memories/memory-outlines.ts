import { Outline, type OutlineRow } from '#libs/memory';
import { LRUCache } from 'lru-cache';
import { numeric, optionalText } from '../row.js';
import { sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { ownerOf } from './term-index.js';

/** Memories of all users remembered together: about 100 bytes each. */
const MOST_MEMORIES = 1_000_000;
const FIELDS = 8;

interface Remembered {
  readonly rows: readonly OutlineRow[];
  readonly outline: Outline;
  readonly newest: number;
}

/**
 * Remembers how the memories of the users searched last lie beside each other. What is known of a memory never
 * changes, so a search reads what came since; only where something was erased it reads all anew.
 */
export class MemoryOutlines {
  readonly #users = new LRUCache<string, Remembered>({
    maxSize: MOST_MEMORIES,
    sizeCalculation: ({ rows }) => rows.length + 1,
  });

  async outlineOf(unit: Unit, userId: string): Promise<Outline> {
    const owner = ownerOf(userId);
    const key = JSON.stringify([unit.tenantId, owner]);
    const totals = await unit.first(sql`SELECT newest, living FROM memory_term_totals
      WHERE tenant_id = ${unit.tenantId} AND owner = ${owner}`);
    const newest = totals === undefined ? 0 : numeric(totals, 'newest');
    const living = totals === undefined ? 0 : numeric(totals, 'living');
    const known = this.#users.get(key);
    // What is newer than this unit's view of the store is no harm: nothing of it will match.
    if (known !== undefined && known.newest > newest) return known.outline;
    if (known?.newest === newest && known.rows.length === living) return known.outline;
    const since = known === undefined ? [] : await rowsAfter(unit, owner, known.newest);
    const isComplete = known !== undefined && known.rows.length + since.length === living;
    const rows = isComplete ? [...known.rows, ...since] : await rowsAfter(unit, owner, 0);
    const outline = new Outline(rows);
    this.#users.set(key, { rows, outline, newest });
    return outline;
  }
}

async function rowsAfter(unit: Unit, owner: number, seq: number): Promise<readonly OutlineRow[]> {
  const row =
    await unit.first(sql`SELECT string_agg(CAST(r.seq AS TEXT) || ',' || r.length || ',' || r.episode
      || ',' || r.position || ',' || r.asked || ',' || r.topic || ',' || r.told_at, ';') AS traits
    FROM memory_traits r WHERE r.tenant_id = ${unit.tenantId} AND r.owner = ${owner} AND r.seq > ${seq}`);
  const traits = row === undefined ? undefined : optionalText(row, 'traits');
  return traits === undefined ? [] : traits.split(';').map(toRow);
}

function toRow(traits: string): OutlineRow {
  const [seq = 0, length = 0, episode = 0, position = -1, asked = 0, topic = 0, toldAt = 0] = traits
    .split(',', FIELDS)
    .map(Number);
  return { seq, length, episode, position, asked, topic, toldAt };
}
