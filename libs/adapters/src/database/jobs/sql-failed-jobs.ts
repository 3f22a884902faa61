import type { FailedJob, JsonObject } from '#libs/kernel';
import type { FailedJobKeeper } from '../../queue/failed-jobs.js';
import type { Database } from '../database.js';
import { decodeText, encodeText } from '../exact-text.js';
import { bytes, instant, json, numeric, type Row, text } from '../row.js';
import { sql } from '../sql.js';

/** Failed jobs of the queue in the process, on SQLite and PostgreSQL. They belong to the operator, not to a tenant. */
export class SqlFailedJobs implements FailedJobKeeper {
  constructor(private readonly database: Database) {}

  all(): Promise<readonly FailedJob[]> {
    return this.database.unitOfWork.readAccess(async (unit) => {
      const rows = await unit.all(sql`SELECT address, name, data, attempts, error, failed_at FROM failed_jobs
        ORDER BY failed_at, address`);
      return rows.map(toFailedJob);
    });
  }

  async keep({ address, name, data, attempts, error, failedAt }: FailedJob): Promise<void> {
    await this.database.unitOfWork.access((unit) =>
      unit.run(sql`INSERT INTO failed_jobs (address, name, data, attempts, error, failed_at)
        VALUES (${address}, ${name}, ${JSON.stringify(data)}, ${attempts}, ${encodeText(error)}, ${failedAt.getTime()})
        ON CONFLICT (address) DO UPDATE SET data = excluded.data, attempts = excluded.attempts,
          error = excluded.error, failed_at = excluded.failed_at`),
    );
  }

  async forget(address: string): Promise<void> {
    await this.database.unitOfWork.access((unit) =>
      unit.run(sql`DELETE FROM failed_jobs WHERE address = ${address}`),
    );
  }
}

function toFailedJob(row: Row): FailedJob {
  return {
    address: text(row, 'address'),
    name: text(row, 'name'),
    data: json(row, 'data') as JsonObject,
    attempts: numeric(row, 'attempts'),
    error: decodeText(bytes(row, 'error')),
    failedAt: instant(row, 'failed_at'),
  };
}
