import type { Database } from '../../libs/adapters/src/database/database.js';
import { sql, trusted } from '../../libs/adapters/src/database/sql.js';

/** Deletes every tenant's rows of these tables, so that a suite with tenants of fixed names begins anew. */
export async function emptyTables(database: Database, tables: readonly string[]): Promise<void> {
  await database.renewals.whileRemoving(async () => {
    for (const tenantId of await database.unitOfWork.tenants()) {
      await database.unitOfWork.run({ tenantId }, async (unit) => {
        for (const table of tables) {
          await unit.run(sql`DELETE FROM ${trusted(table)} WHERE tenant_id = ${tenantId}`);
        }
      });
    }
  });
}
