import { Outline, type OutlineRow } from '#libs/memory';
import { LRUCache } from 'lru-cache';
import { numeric, optionalText } from '../row.js';
import { sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { KnownTerms } from './known-terms.js';
import { ownerOf } from './term-index.js';

/** Memories of all users remembered together: some 50 bytes each, and as much again for where their terms stand. */
const MOST_MEMORIES = 2_000_000;
const ROWS_PER_STATEMENT = 20_000;
const FIELDS = 7;

/**
 * What a search ranks by: a user's memories, and where terms asked for stand among them. `newest` is the newest memory
 * that is remembered, or that the search's unit sees.
 */
export interface UserIndex {
  readonly outline: Outline;
  readonly terms: KnownTerms;
  readonly newest: number;
}

/**
 * Remembers how the memories of the users searched last lie beside each other, and where terms stand in them. What is
 * known of a memory never changes, so a search reads what came since; only where something was erased it reads all anew.
 */
export class MemoryOutlines {
  readonly #users = new LRUCache<string, UserIndex>({
    maxSize: MOST_MEMORIES,
    sizeCalculation: ({ outline }) => outline.size + 1,
  });

  async indexOf(unit: Unit, userId: string): Promise<UserIndex> {
    const owner = ownerOf(userId);
    const key = JSON.stringify([unit.tenantId, owner]);
    const totals = await unit.first(sql`SELECT newest, living FROM memory_term_totals
      WHERE tenant_id = ${unit.tenantId} AND owner = ${owner}`);
    const newest = totals === undefined ? 0 : numeric(totals, 'newest');
    const living = totals === undefined ? 0 : numeric(totals, 'living');
    const known = this.#users.get(key);
    // What is newer than this unit's view of the store is no harm: nothing of it will be found.
    if (known !== undefined && known.newest > newest) return { ...known, newest };
    if (known?.newest === newest && known.outline.size === living) return known;
    const current = await this.#upToDate(unit, owner, known, newest, living);
    this.#users.set(key, current);
    return current;
  }

  async #upToDate(
    unit: Unit,
    owner: number,
    known: UserIndex | undefined,
    newest: number,
    living: number,
  ): Promise<UserIndex> {
    if (known !== undefined) {
      const outline = await withRowsAfter(unit, owner, known.outline, known.newest);
      if (outline.size === living) return { outline, terms: known.terms, newest };
    }
    const outline = await withRowsAfter(unit, owner, Outline.EMPTY, 0);
    return { outline, terms: new KnownTerms(owner), newest };
  }
}

async function withRowsAfter(unit: Unit, owner: number, outline: Outline, seq: number): Promise<Outline> {
  const rows: OutlineRow[] = [];
  for (let last = seq, isFull = true; isFull;) {
    const some = await rowsAfter(unit, owner, last);
    for (const row of some) rows.push(row);
    last = rows.at(-1)?.seq ?? seq;
    isFull = some.length === ROWS_PER_STATEMENT;
  }
  return rows.length === 0 ? outline : outline.with(rows);
}

/** Ascending. One text crosses from the database much faster than as many rows. */
async function rowsAfter(unit: Unit, owner: number, seq: number): Promise<readonly OutlineRow[]> {
  const row =
    await unit.first(sql`SELECT string_agg(CAST(r.seq AS TEXT) || ',' || r.length || ',' || r.episode
      || ',' || r.position || ',' || r.asked || ',' || r.topic || ',' || r.told_at, ';') AS traits
    FROM (SELECT * FROM memory_traits WHERE tenant_id = ${unit.tenantId} AND owner = ${owner} AND seq > ${seq}
      ORDER BY seq LIMIT ${ROWS_PER_STATEMENT}) AS r`);
  const traits = row === undefined ? undefined : optionalText(row, 'traits');
  if (traits === undefined) return [];
  return traits
    .split(';')
    .map(toRow)
    .sort((a, b) => a.seq - b.seq);
}

function toRow(traits: string): OutlineRow {
  const [seq = 0, length = 0, episode = 0, position = -1, asked = 0, topic = 0, toldAt = 0] = traits
    .split(',', FIELDS)
    .map(Number);
  return { seq, length, episode, position, asked, topic, toldAt };
}
