import { ApiKeyStore } from '#libs/access';
import type { ApiKeyRecord } from '#libs/access';
import type { Database } from '../database.js';
import { insertRow, insertRows } from '../insert-row.js';
import { instant, numeric, optionalInstant, text } from '../row.js';
import type { Row } from '../row.js';
import { sql } from '../sql.js';
import { enrolTenant } from '../tenant-register.js';
import type { Unit } from '../unit-of-work.js';

/** API keys on SQLite and PostgreSQL, through the way in that reaches nothing else. */
export class SqlApiKeyStore extends ApiKeyStore {
  constructor(private readonly database: Database) {
    super();
  }

  override create(key: ApiKeyRecord): Promise<void> {
    return this.database.unitOfWork.access(async (unit) => {
      await enrolTenant(unit, key.tenantId, key.createdAt.getTime());
      await unit.run(
        insertRow('api_keys', {
          id: key.id,
          tenant_id: key.tenantId,
          name: key.name,
          secret_hash: key.secretHash,
          all_users: key.users === null ? 1 : 0,
          created_at: key.createdAt.getTime(),
          expires_at: key.expiresAt?.getTime() ?? null,
        }),
      );
      const users = (key.users ?? []).map((userId, position) => [key.id, position, userId]);
      if (users.length > 0) await unit.run(insertRows('api_key_users', 'key_id, position, user_id', users));
    });
  }

  override findByHash(secretHash: string): Promise<ApiKeyRecord | null> {
    return this.database.unitOfWork.access(async (unit) => {
      const row = await unit.first(sql`SELECT * FROM api_keys WHERE secret_hash = ${secretHash}`);
      return row === undefined ? null : toRecord(row, await usersOf(unit, text(row, 'id')));
    });
  }

  override list(): Promise<readonly ApiKeyRecord[]> {
    return this.database.unitOfWork.access(async (unit) => {
      const rows = await unit.all(sql`SELECT * FROM api_keys ORDER BY created_at DESC, id DESC`);
      const users = await unit.all(sql`SELECT key_id, user_id FROM api_key_users ORDER BY key_id, position`);
      return rows.map((row) => {
        const mine = users.filter((user) => user.key_id === row.id);
        return toRecord(
          row,
          mine.map((user) => text(user, 'user_id')),
        );
      });
    });
  }

  override remove(id: string): Promise<boolean> {
    return this.database.unitOfWork.access(
      async (unit) => (await unit.run(sql`DELETE FROM api_keys WHERE id = ${id}`)) > 0,
    );
  }

  override count(): Promise<number> {
    return this.database.unitOfWork.access(async (unit) => {
      const row = await unit.first(sql`SELECT count(*) AS keys FROM api_keys`);
      return row === undefined ? 0 : numeric(row, 'keys');
    });
  }
}

async function usersOf(unit: Unit, keyId: string): Promise<readonly string[]> {
  const rows = await unit.all(
    sql`SELECT user_id FROM api_key_users WHERE key_id = ${keyId} ORDER BY position`,
  );
  return rows.map((row) => text(row, 'user_id'));
}

function toRecord(row: Row, users: readonly string[]): ApiKeyRecord {
  return {
    id: text(row, 'id'),
    tenantId: text(row, 'tenant_id'),
    name: text(row, 'name'),
    secretHash: text(row, 'secret_hash'),
    users: numeric(row, 'all_users') === 1 ? null : users,
    createdAt: instant(row, 'created_at'),
    expiresAt: optionalInstant(row, 'expires_at'),
  };
}
