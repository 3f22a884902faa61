import { isNull, numeric, optionalText, text } from '../../row.js';
import { sql } from '../../sql.js';
import type { Unit } from '../../unit-of-work.js';
import { PAGE_SIZE, pageOf } from './audit-check.js';
import type { AuditFault, PagedCheck } from './audit-check.js';
import { eraseVectors, recountVectors, toGroup } from '../vector-rows.js';
import { beyond, bySeq } from './row-checks.js';

/** Every vector belongs to a living memory, and carries its number and its user. */
export const livingVectors: PagedCheck = {
  check: 'vectors',
  remedy: 'repair removes those without a living memory and corrects the others',
  async page(unit, after) {
    const [id = '', model = ''] = after ?? [];
    const rows =
      await unit.all(sql`SELECT v.memory_id, v.model, v.seq AS own_seq, v.user_id AS own_user, m.seq, m.user_id
      FROM memory_vectors v
      LEFT JOIN memories m ON m.tenant_id = v.tenant_id AND m.id = v.memory_id AND m.deleted_at IS NULL
      WHERE v.tenant_id = ${unit.tenantId}
        AND (v.memory_id > ${id} OR v.memory_id = ${id} AND v.model > ${model})
      ORDER BY v.memory_id, v.model LIMIT ${PAGE_SIZE}`);
    const faults = rows.flatMap((row): AuditFault[] => {
      const memoryId = text(row, 'memory_id');
      const own = sql`tenant_id = ${unit.tenantId} AND memory_id = ${memoryId} AND model = ${text(row, 'model')}`;
      if (isNull(row, 'seq')) {
        return [{ id: memoryId, repair: (writing) => eraseVectors(writing, own) }];
      }
      const [seq, userId] = [numeric(row, 'seq'), text(row, 'user_id')];
      if (seq === numeric(row, 'own_seq') && userId === text(row, 'own_user')) return [];
      const repair = (writing: Unit) =>
        writing.run(sql`UPDATE memory_vectors SET seq = ${seq}, user_id = ${userId} WHERE ${own}`);
      return [{ id: memoryId, repair }];
    });
    return pageOf(rows, faults, (row) => [text(row, 'memory_id'), text(row, 'model')]);
  },
};

/** The totals of a group of vectors are what there is. A group that was miscounted begins a new epoch. */
export const countedVectors: PagedCheck = {
  check: 'vector totals',
  remedy: 'repair counts them anew',
  async page(unit, after) {
    const [user = '', model = '', dimensions = -1] = after ?? [];
    const groups = sql`SELECT user_id, model, dimensions, count(*) AS present, 0 AS counted FROM memory_vectors
        WHERE tenant_id = ${unit.tenantId} GROUP BY user_id, model, dimensions
      UNION ALL SELECT user_id, model, dimensions, 0, vectors FROM memory_vector_totals
        WHERE tenant_id = ${unit.tenantId}`;
    const rows =
      await unit.all(sql`SELECT user_id, model, dimensions, SUM(present) AS present, SUM(counted) AS counted
      FROM (${groups}) AS g
      WHERE user_id > ${user} OR user_id = ${user} AND model > ${model}
        OR user_id = ${user} AND model = ${model} AND dimensions > ${dimensions}
      GROUP BY user_id, model, dimensions ORDER BY user_id, model, dimensions LIMIT ${PAGE_SIZE}`);
    const faults = rows
      .filter((row) => numeric(row, 'present') !== numeric(row, 'counted'))
      .map((row) => ({
        id: `vectors of ${text(row, 'model')}`,
        repair: (writing: Unit) => recountVectors(writing, toGroup(row), numeric(row, 'present')),
      }));
    return pageOf(rows, faults, (row) => [
      text(row, 'user_id'),
      text(row, 'model'),
      numeric(row, 'dimensions'),
    ]);
  },
};

/** A memory names the model of a vector that it has, and none when it has none. */
export const embeddingModels: PagedCheck = {
  check: 'embedding models',
  remedy: 'repair names the model of a vector that is there; what has none is embedded again',
  async page(unit, after) {
    const rows = await unit.all(sql`SELECT m.seq, m.id, m.embedding_model,
        (SELECT MIN(v.model) FROM memory_vectors v WHERE v.tenant_id = m.tenant_id AND v.memory_id = m.id) AS present,
        (SELECT MIN(v.model) FROM memory_vectors v WHERE v.tenant_id = m.tenant_id AND v.memory_id = m.id
          AND v.model = m.embedding_model) AS named
      FROM memories m WHERE m.tenant_id = ${unit.tenantId} AND ${beyond(after)} AND m.deleted_at IS NULL
      ORDER BY m.seq LIMIT ${PAGE_SIZE}`);
    const faults = rows.flatMap((row): AuditFault[] => {
      const present = optionalText(row, 'present');
      const isSound = isNull(row, 'embedding_model') ? present === undefined : !isNull(row, 'named');
      if (isSound) return [];
      const repair = (writing: Unit) =>
        writing.run(sql`UPDATE memories SET embedding_model = ${present}
          WHERE tenant_id = ${writing.tenantId} AND seq = ${numeric(row, 'seq')}`);
      return [{ id: text(row, 'id'), repair }];
    });
    return pageOf(rows, faults, bySeq);
  },
};
