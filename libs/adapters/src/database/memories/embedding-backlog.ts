import type { Caller } from '#libs/kernel';
import type { PendingEmbedding, StoredModel } from '#libs/memory';
import type { Database } from '../database.js';
import { decodeText } from '../exact-text.js';
import { bytes, isNull, numeric, text } from '../row.js';
import type { Row } from '../row.js';
import { anyOf, listOf, sql } from '../sql.js';
import type { Sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';

/** Which vectors there are and which are missing, over all tenants: each is visited on its own. */
export class EmbeddingBacklog {
  constructor(private readonly database: Database) {}

  async models(): Promise<readonly StoredModel[]> {
    const found = new Map<string, StoredModel>();
    await this.#visitTenants(async (unit) => {
      for (const stored of await modelsOf(unit)) found.set(stored.model, stored);
    });
    return [...found.values()];
  }

  async pending(replaced: readonly string[], limit: number): Promise<readonly PendingEmbedding[]> {
    const found: PendingEmbedding[] = [];
    const visit = async (unit: Unit): Promise<void> => {
      const caller: Caller = { tenantId: unit.tenantId, users: null, isAdmin: false };
      const rows = await unit.all(sql`SELECT m.id, m.content FROM memories m
        WHERE ${living(unit)} AND ${lacksVector(replaced)} ORDER BY m.seq LIMIT ${limit - found.length}`);
      for (const row of rows) {
        found.push({ caller, id: text(row, 'id'), content: decodeText(bytes(row, 'content')) });
      }
    };
    await this.#visitTenants(visit, () => found.length >= limit);
    return found;
  }

  countPending(replaced: readonly string[]): Promise<number> {
    return this.#count(lacksVector(replaced));
  }

  countEmbedded(model: string): Promise<number> {
    return this.#count(sql`m.embedding_model = ${model}`);
  }

  async #count(condition: Sql): Promise<number> {
    let count = 0;
    await this.#visitTenants(async (unit) => {
      const row = await unit.first(
        sql`SELECT count(*) AS memories FROM memories m WHERE ${living(unit)} AND ${condition}`,
      );
      count += row === undefined ? 0 : numeric(row, 'memories');
    });
    return count;
  }

  /** @param isEnough asked after each. */
  async #visitTenants(visit: (unit: Unit) => Promise<void>, isEnough = () => false): Promise<void> {
    const { unitOfWork } = this.database;
    for (const tenantId of await unitOfWork.tenants()) {
      await unitOfWork.read({ tenantId }, visit);
      if (isEnough()) return;
    }
  }
}

/** In the words of the index `memories_by_model`. */
function living(unit: Unit): Sql {
  return sql`m.tenant_id = ${unit.tenantId} AND COALESCE(m.deleted_at, 0) = 0`;
}

function lacksVector(replaced: readonly string[]): Sql {
  const missing = sql`m.embedding_model IS NULL`;
  return replaced.length === 0 ? missing : anyOf([missing, sql`m.embedding_model IN ${listOf(replaced)}`]);
}

/** Hops from one model to the next by the index, since a scan of all memories would take long. */
async function modelsOf(unit: Unit): Promise<readonly StoredModel[]> {
  const models: StoredModel[] = [];
  const next = (after: Sql): Promise<Row | undefined> =>
    unit.first(
      sql`SELECT min(m.embedding_model) AS model FROM memories m WHERE ${living(unit)} AND ${after}`,
    );
  let row = await next(sql`m.embedding_model IS NOT NULL`);
  while (row !== undefined && !isNull(row, 'model')) {
    const model = text(row, 'model');
    const vector = await unit.first(sql`SELECT v.dimensions FROM memories m
      JOIN memory_vectors v ON v.tenant_id = m.tenant_id AND v.memory_id = m.id AND v.model = m.embedding_model
      WHERE ${living(unit)} AND m.embedding_model = ${model} LIMIT 1`);
    if (vector !== undefined) models.push({ model, dimensions: numeric(vector, 'dimensions') });
    row = await next(sql`m.embedding_model > ${model}`);
  }
  return models;
}
