import { traitsOf, type MemoryTraits } from '#libs/memory';
import { analyse } from '#libs/relevance';
import { isNull, numeric, text } from '../../row.js';
import type { Row } from '../../row.js';
import { sql, trusted } from '../../sql.js';
import type { Unit } from '../../unit-of-work.js';
import { COLUMNS_OF_M, toMemory } from '../memory.mapper.js';
import { ownerOf } from '../term-index.js';
import { addTraits } from '../trait-writes.js';
import { PAGE_SIZE, pageOf } from './audit-check.js';
import type { AuditFault, PagedCheck } from './audit-check.js';
import { beyond, bySeq } from './row-checks.js';

/** What ranking knows of a living memory follows from the memory. */
export const describedMemories: PagedCheck = {
  check: 'traits',
  remedy: 'repair describes the memories anew; those from before ranking knew their neighbours gain them',
  async page(unit, after) {
    const rows =
      await unit.all(sql`SELECT ${trusted(COLUMNS_OF_M)}, m.term_count, r.owner, r.length, r.episode,
        r.position, r.asked, r.topic, r.told_at
      FROM memories m
      LEFT JOIN memory_traits r ON r.tenant_id = m.tenant_id AND r.seq = m.seq
      WHERE m.tenant_id = ${unit.tenantId} AND ${beyond(after)} AND m.deleted_at IS NULL
      ORDER BY m.seq LIMIT ${PAGE_SIZE}`);
    const faults = rows.flatMap((row): AuditFault[] => {
      const memory = toMemory(row);
      const traits = traitsOf(memory, analyse(memory.content));
      if (isDescribed(row, traits)) return [];
      return [{ id: memory.id, repair: (writing) => describe(writing, row, traits) }];
    });
    return pageOf(rows, faults, bySeq);
  },
};

function isDescribed(row: Row, traits: MemoryTraits): boolean {
  if (isNull(row, 'owner') || numeric(row, 'owner') !== ownerOf(text(row, 'user_id'))) return false;
  return (
    numeric(row, 'length') === numeric(row, 'term_count') &&
    numeric(row, 'episode') === traits.episode &&
    numeric(row, 'position') === traits.position &&
    numeric(row, 'asked') === traits.asked &&
    numeric(row, 'topic') === traits.topic &&
    numeric(row, 'told_at') === traits.toldAt
  );
}

async function describe(unit: Unit, row: Row, traits: MemoryTraits): Promise<void> {
  const seq = numeric(row, 'seq');
  await unit.send(sql`DELETE FROM memory_traits WHERE tenant_id = ${unit.tenantId} AND seq = ${seq}`);
  const userId = text(row, 'user_id');
  await addTraits(unit, [{ seq, userId, length: numeric(row, 'term_count'), traits }]);
}

/** Every description belongs to a living memory. */
export const strayTraits: PagedCheck = {
  check: 'stray traits',
  remedy: 'repair removes them',
  async page(unit, after) {
    const [owner = -1, seq = -1] = after ?? [];
    const rows = await unit.all(sql`SELECT r.owner, r.seq, m.id FROM memory_traits r
      LEFT JOIN memories m ON m.tenant_id = r.tenant_id AND m.seq = r.seq AND m.deleted_at IS NULL
      WHERE r.tenant_id = ${unit.tenantId} AND (r.owner > ${owner} OR r.owner = ${owner} AND r.seq > ${seq})
      ORDER BY r.owner, r.seq LIMIT ${PAGE_SIZE}`);
    const faults = rows
      .filter((row) => isNull(row, 'id'))
      .map((row) => ({
        id: `memory ${numeric(row, 'seq')}`,
        repair: (writing: Unit) =>
          writing.run(sql`DELETE FROM memory_traits WHERE tenant_id = ${writing.tenantId}
            AND owner = ${numeric(row, 'owner')} AND seq = ${numeric(row, 'seq')}`),
      }));
    return pageOf(rows, faults, (row) => [numeric(row, 'owner'), numeric(row, 'seq')]);
  },
};
