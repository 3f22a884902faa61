import type { MemoryTraits } from '#libs/memory';
import { insertRows, partsToInsert } from '../insert-row.js';
import type { Unit } from '../unit-of-work.js';
import { ownerOf } from './term-index.js';

/** Nine values a row; SQLite binds at most 32,766 in a statement. */
const ROWS_PER_STATEMENT = 1_024;
const COLUMNS = 'tenant_id, owner, seq, length, episode, position, asked, topic, told_at';

/** A stored memory and what ranking knows of it besides its terms. */
export interface DescribedMemory {
  readonly seq: number;
  readonly userId: string;
  /** How many terms it has. */
  readonly length: number;
  readonly traits: MemoryTraits;
}

export async function addTraits(unit: Unit, memories: readonly DescribedMemory[]): Promise<void> {
  for (const some of partsToInsert(unit.dialect, memories, ROWS_PER_STATEMENT)) {
    const rows = some.map(({ seq, userId, length, traits }) => {
      const { episode, position, asked, topic, toldAt } = traits;
      return [unit.tenantId, ownerOf(userId), seq, length, episode, position, asked, topic, toldAt];
    });
    await unit.send(insertRows(unit.dialect, 'memory_traits', COLUMNS, rows));
  }
}
