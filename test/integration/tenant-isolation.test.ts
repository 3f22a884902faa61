import { beforeAll, describe, expect, it } from 'vitest';
import { sql, trusted } from '../../libs/adapters/src/database/sql.js';
import type { Unit } from '../../libs/adapters/src/database/unit-of-work.js';
import pg from 'pg';
import { openDatabase } from '#libs/adapters';
import { describeOnDatabases, newTenant, pgliteKind, postgresKind } from '../support/databases.js';
import { createPostgresDatabase } from '../support/postgres.js';
import { addressOf } from '../support/services.js';

describeOnDatabases(
  'row-level security',
  (database) => {
    const mine = { tenantId: newTenant() };
    const theirs = { tenantId: newTenant() };
    const addRow = (unit: Unit, tenantId: string, key: string) =>
      unit.run(
        sql`INSERT INTO idempotency_keys (tenant_id, address, claim_id, body_hash, created_at) VALUES (${tenantId}, ${key}, 'c', 'h', 1)`,
      );
    const addresses = async (unit: Unit) =>
      (await unit.all(sql`SELECT address FROM idempotency_keys`)).map((row) => row.address);

    beforeAll(async () => {
      await database().unitOfWork.run(mine, (unit) => addRow(unit, mine.tenantId, 'mine'));
      await database().unitOfWork.run(theirs, (unit) => addRow(unit, theirs.tenantId, 'theirs'));
    });

    it('shows a tenant its own rows alone, whatever the statement asks for', async () => {
      expect(await database().unitOfWork.read(mine, addresses)).toEqual(['mine']);
    });

    it('neither changes nor deletes what belongs to another tenant', async () => {
      const { unitOfWork } = database();
      expect(
        await unitOfWork.run(mine, (unit) => unit.run(sql`UPDATE idempotency_keys SET status = 200`)),
      ).toBe(1);
      const deleted = await unitOfWork.run(mine, (unit) =>
        unit.run(sql`DELETE FROM idempotency_keys WHERE address = ${'theirs'}`),
      );
      expect(deleted).toBe(0);
      expect(await unitOfWork.read(theirs, addresses)).toEqual(['theirs']);
    });

    it('adds no row in the name of another tenant and hands none over', async () => {
      const { unitOfWork } = database();
      const refused = { code: 'storage_error', details: { engine_code: '42501' } };
      await expect(
        unitOfWork.run(mine, (unit) => addRow(unit, theirs.tenantId, 'forged')),
      ).rejects.toMatchObject(refused);
      await expect(
        unitOfWork.run(mine, (unit) =>
          unit.run(sql`UPDATE idempotency_keys SET tenant_id = ${theirs.tenantId}`),
        ),
      ).rejects.toMatchObject(refused);
    });

    it('gives the way in without a tenant nothing but tenants and keys', async () => {
      const { unitOfWork } = database();
      await expect(unitOfWork.access(addresses)).rejects.toMatchObject({ code: 'storage_error' });
      expect(await unitOfWork.tenants()).toEqual(expect.arrayContaining([mine.tenantId, theirs.tenantId]));
    });

    describe('a tenant at work', () => {
      it.each(['tenants', 'api_keys', 'api_key_users'])('cannot read %s', async (table) => {
        await expect(
          database().unitOfWork.read(mine, (unit) => unit.all(sql`SELECT * FROM ${trusted(table)}`)),
        ).rejects.toMatchObject({ code: 'storage_error' });
      });
    });

    it('covers every table that has a tenant', async () => {
      const open: { relname: string }[] = await database().dataSource.query(
        `SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
          WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND attname = 'tenant_id'
            AND NOT (relrowsecurity AND relforcerowsecurity)`,
      );
      expect(open.map((table) => table.relname)).toEqual(['api_keys']);
    });

    it('leaves nothing of a unit on the connection', async () => {
      await database().unitOfWork.run(mine, () => Promise.resolve());
      const [state]: { tenant: string | null; role: string }[] = await database().dataSource.query(
        `SELECT current_setting('headroom.tenant_id', true) AS tenant, current_user AS role`,
      );
      expect(state?.tenant ?? '').toBe('');
      expect(state?.role).not.toMatch(/^headroom_/);
    });
  },
  [pgliteKind, postgresKind],
);

describe.skipIf(addressOf('PostgreSQL') === undefined)(
  'a PostgreSQL login without any right to roles',
  () => {
    it('is bound by row-level security itself', async () => {
      const { url, drop } = await createPostgresDatabase();
      const role = `headroom_plain_${process.pid}`;
      const administrator = new pg.Client({ connectionString: url });
      await administrator.connect();
      try {
        await administrator.query(
          `CREATE ROLE ${role} LOGIN PASSWORD 'plain'; GRANT CREATE ON SCHEMA public TO ${role}`,
        );
        const login = Object.assign(new URL(url), { username: role, password: 'plain' });
        const database = await openDatabase({ kind: 'postgres', url: login.href });
        const add = (unit: Unit, tenantId: string) =>
          unit.run(
            sql`INSERT INTO shared_context_configs (tenant_id, context_address, context, ttl_seconds, max_entries)
            VALUES (${tenantId}, 'a', ${Buffer.from('c')}, 1, 1)`,
          );
        const count = async (unit: Unit) =>
          (await unit.all(sql`SELECT tenant_id FROM shared_context_configs`)).length;
        await database.unitOfWork.run({ tenantId: 'mine' }, (unit) => add(unit, 'mine'));
        expect(await database.unitOfWork.read({ tenantId: 'mine' }, count)).toBe(1);
        expect(await database.unitOfWork.read({ tenantId: 'theirs' }, count)).toBe(0);
        expect(await database.unitOfWork.access(count)).toBe(0);
        await expect(
          database.unitOfWork.run({ tenantId: 'mine' }, (unit) => add(unit, 'theirs')),
        ).rejects.toMatchObject({ code: 'storage_error' });
        await database.close();
      } finally {
        await administrator.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
        await administrator.end();
        await drop();
      }
    });
  },
);
