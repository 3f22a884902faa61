import { isNull, numeric, optionalText, text } from '../../row.js';
import type { Row } from '../../row.js';
import { sql } from '../../sql.js';
import type { Unit } from '../../unit-of-work.js';
import { PAGE_SIZE, pageOf } from './audit-check.js';
import type { AuditFault, PagedCheck } from './audit-check.js';
import { beyond, bySeq } from './row-checks.js';

/** Links stand on both sides, and no validity begins before the one that it follows has ended. */
export const wholeLinks: PagedCheck = {
  check: 'links',
  remedy:
    'repair completes a link from its other side; the rest must be deleted or superseded through the API',
  async page(unit, after) {
    const rows =
      await unit.all(sql`SELECT m.seq, m.id, m.chain_id, m.supersedes, m.superseded_by, m.valid_from, m.created_at,
        p.id AS before_id, p.superseded_by AS before_next, p.valid_from AS before_from, p.valid_until AS before_until,
        p.superseded_at AS before_ended, p.chain_id AS before_chain,
        n.id AS after_id, n.supersedes AS after_previous, n.created_at AS after_created
      FROM memories m
      LEFT JOIN memories p ON p.tenant_id = m.tenant_id AND p.id = m.supersedes
      LEFT JOIN memories n ON n.tenant_id = m.tenant_id AND n.id = m.superseded_by
      WHERE m.tenant_id = ${unit.tenantId} AND ${beyond(after)}
        AND (m.supersedes IS NOT NULL OR m.superseded_by IS NOT NULL)
      ORDER BY m.seq LIMIT ${PAGE_SIZE}`);
    const faults = rows.flatMap((row) => [...faultsBefore(row), ...faultsAfter(row)]);
    return pageOf(rows, faults, bySeq);
  },
};

/** Of the link to the predecessor. */
function faultsBefore(row: Row): AuditFault[] {
  if (isNull(row, 'supersedes')) return [];
  const id = text(row, 'id');
  if (isNull(row, 'before_id') || text(row, 'before_id') === id) return [{ id }];
  const next = optionalText(row, 'before_next');
  const begin = numeric(row, 'valid_from');
  if ((next !== undefined && next !== id) || begin < numeric(row, 'before_from')) return [{ id }];
  const chain = text(row, 'before_chain');
  const isSound =
    next === id &&
    !isNull(row, 'before_until') &&
    numeric(row, 'before_until') <= begin &&
    !isNull(row, 'before_ended') &&
    text(row, 'chain_id') === chain;
  if (isSound) return [];
  const repair = async (unit: Unit) => {
    await unit.send(sql`UPDATE memories SET superseded_by = ${id}, valid_until = ${begin},
        superseded_at = COALESCE(superseded_at, ${numeric(row, 'created_at')})
      WHERE tenant_id = ${unit.tenantId} AND id = ${text(row, 'before_id')}`);
    await unit.send(sql`UPDATE memories SET chain_id = ${chain}
      WHERE tenant_id = ${unit.tenantId} AND chain_id = ${text(row, 'chain_id')}`);
  };
  return [{ id, repair }];
}

/** Of the link to the successor; what both sides know is judged from the successor. */
function faultsAfter(row: Row): AuditFault[] {
  if (isNull(row, 'superseded_by')) return [];
  const id = text(row, 'id');
  if (isNull(row, 'after_id')) return [{ id }];
  const previous = optionalText(row, 'after_previous');
  if (previous === id) return [];
  if (previous !== undefined) return [{ id }];
  const repair = (unit: Unit) =>
    unit.run(sql`UPDATE memories SET supersedes = ${id}, chain_id = ${text(row, 'chain_id')}
      WHERE tenant_id = ${unit.tenantId} AND id = ${text(row, 'after_id')}`);
  return [{ id, repair }];
}

/** A chain has one beginning and one end: it neither forks nor goes round. */
export const oneEnd: PagedCheck = {
  check: 'chains',
  remedy: 'delete the members that do not belong through the API',
  async page(unit, after) {
    const rows = await unit.all(sql`SELECT m.chain_id,
        SUM(CASE WHEN m.supersedes IS NULL THEN 1 ELSE 0 END) AS beginnings,
        SUM(CASE WHEN m.superseded_by IS NULL THEN 1 ELSE 0 END) AS ends
      FROM memories m WHERE m.tenant_id = ${unit.tenantId} AND m.chain_id > ${after?.[0] ?? ''}
      GROUP BY m.chain_id ORDER BY m.chain_id LIMIT ${PAGE_SIZE}`);
    const faults = rows
      .filter((row) => numeric(row, 'beginnings') !== 1 || numeric(row, 'ends') !== 1)
      .map((row) => ({ id: text(row, 'chain_id') }));
    return pageOf(rows, faults, (row) => [text(row, 'chain_id')]);
  },
};
