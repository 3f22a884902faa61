import { ApiKeyStore } from '#libs/access';
import type { ApiKeyRecord } from '#libs/access';
import type { Database } from '../database.js';
import type { ApiKeyRow, ApiKeyUserRow } from '../entities/access.entity.js';
import { numeric } from '../row.js';
import { sql } from '../sql.js';
import { enrolTenant } from '../tenant-register.js';

/** API keys on SQLite and PostgreSQL, through the way in that reaches nothing else. */
export class SqlApiKeyStore extends ApiKeyStore {
  constructor(private readonly database: Database) {
    super();
  }

  override create(key: ApiKeyRecord): Promise<void> {
    return this.database.unitOfWork.access(async (unit) => {
      await enrolTenant(unit, key.tenantId, key.createdAt.getTime());
      await unit.table('api_keys').insert(toRow(key));
      const users = (key.users ?? []).map((userId, position) => ({ keyId: key.id, position, userId }));
      if (users.length > 0) await unit.table('api_key_users').insert(users);
    });
  }

  override findByHash(secretHash: string): Promise<ApiKeyRecord | null> {
    return this.database.unitOfWork.readAccess(async (unit) => {
      const row = await unit.table('api_keys').findOneBy({ secretHash });
      if (row === null) return null;
      const users = await unit
        .table('api_key_users')
        .find({ where: { keyId: row.id }, order: { position: 'ASC' } });
      return toRecord(row, users);
    });
  }

  override list(): Promise<readonly ApiKeyRecord[]> {
    return this.database.unitOfWork.readAccess(async (unit) => {
      const rows = await unit.table('api_keys').find({ order: { createdAt: 'DESC', id: 'DESC' } });
      const users = await unit.table('api_key_users').find({ order: { keyId: 'ASC', position: 'ASC' } });
      return rows.map((row) =>
        toRecord(
          row,
          users.filter((user) => user.keyId === row.id),
        ),
      );
    });
  }

  override remove(id: string): Promise<boolean> {
    return this.database.unitOfWork.access(async (unit) => {
      const { affected } = await unit.table('api_keys').delete({ id });
      return (affected ?? 0) > 0;
    });
  }

  override count(): Promise<number> {
    return this.database.unitOfWork.readAccess(async (unit) => {
      const row = await unit.first(sql`SELECT count(*) AS keys FROM api_keys`);
      return row === undefined ? 0 : numeric(row, 'keys');
    });
  }
}

function toRow(key: ApiKeyRecord): ApiKeyRow {
  return {
    id: key.id,
    tenantId: key.tenantId,
    name: key.name,
    secretHash: key.secretHash,
    allUsers: key.users === null ? 1 : 0,
    createdAt: key.createdAt.getTime(),
    expiresAt: key.expiresAt?.getTime() ?? null,
  };
}

function toRecord(row: ApiKeyRow, users: readonly ApiKeyUserRow[]): ApiKeyRecord {
  return {
    id: row.id,
    tenantId: row.tenantId,
    name: row.name,
    secretHash: row.secretHash,
    users: row.allUsers === 1 ? null : users.map((user) => user.userId),
    createdAt: new Date(row.createdAt),
    expiresAt: row.expiresAt === null ? undefined : new Date(row.expiresAt),
  };
}
