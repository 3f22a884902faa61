import type { Caller } from '#libs/kernel';
import {
  addUsage,
  bucketStart,
  NO_USAGE,
  type RequestRecord,
  type UsageBucket,
  usageOf,
  type UsageSeries,
  UsageStore,
  type UsageTotals,
  widenBuckets,
} from '#libs/usage';
import type { Database } from '../database.js';
import { labelText } from '../exact-text.js';
import { instant, numeric, type Row, text } from '../row.js';
import { joinSql, type Sql, sql, trusted } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { visibleTo } from '../visibility.js';
import {
  REQUEST_COLUMNS,
  requestValues,
  TOTAL_COLUMNS,
  toRequest,
  toTotals,
  totalValues,
} from './usage.mapper.js';

/** Seventeen values a row. */
const ROWS_PER_STATEMENT = 200;
const DAY_MS = 86_400_000;
const SUMS = TOTAL_COLUMNS.map((column) => `coalesce(sum(${column}), 0) AS ${column}`).join(', ');
const ADDED = TOTAL_COLUMNS.map((column) => `${column} = savings.${column} + excluded.${column}`).join(', ');

interface Saving {
  readonly hour: number;
  /** Empty where the requests named none. */
  readonly model: string;
  readonly totals: UsageTotals;
}

/** Usage on SQLite and PostgreSQL: single requests, and what they add up to per hour and model. */
export class SqlUsageStore extends UsageStore {
  constructor(private readonly database: Database) {
    super();
  }

  override async record(caller: Caller, records: readonly RequestRecord[]): Promise<void> {
    const distinct = [...new Map(records.map((record) => [record.id, record])).values()];
    if (distinct.length === 0) return;
    await this.database.unitOfWork.run(caller, async (unit) => {
      for (let start = 0; start < distinct.length; start += ROWS_PER_STATEMENT) {
        const added = await addRequests(unit, caller, distinct.slice(start, start + ROWS_PER_STATEMENT));
        if (added.length > 0) await addSavings(unit, savingsOf(added.map(savingOf)));
      }
    });
  }

  override lifetime(caller: Caller): Promise<UsageTotals> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const row = await unit.first(
        sql`SELECT ${trusted(SUMS)} FROM savings WHERE tenant_id = ${caller.tenantId}`,
      );
      return row ? toTotals(row) : NO_USAGE;
    });
  }

  override recent(caller: Caller, limit: number): Promise<readonly RequestRecord[]> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const rows = await unit.all(sql`SELECT * FROM requests WHERE tenant_id = ${caller.tenantId}
        AND ${visibleTo(caller)} ORDER BY at DESC, id DESC LIMIT ${Math.max(0, limit)}`);
      return rows.map(toRequest);
    });
  }

  override series(caller: Caller, series: UsageSeries, limit: number): Promise<readonly UsageBucket[]> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const rows = await unit.all(sql`SELECT hour, ${trusted(SUMS)} FROM savings
        WHERE tenant_id = ${caller.tenantId} GROUP BY hour ORDER BY hour`);
      const hours = rows.map((row): UsageBucket => ({ ...toTotals(row), start: instant(row, 'hour') }));
      return widenBuckets(hours, series, limit);
    });
  }

  override async sweep(before: Date): Promise<number> {
    let dropped = 0;
    for (const tenantId of await this.database.unitOfWork.tenants()) {
      dropped += await this.database.unitOfWork.run({ tenantId }, (unit) =>
        unit.run(sql`DELETE FROM requests WHERE tenant_id = ${tenantId} AND at < ${before.getTime()}`),
      );
    }
    return dropped;
  }

  override async rollUp(before: Date): Promise<number> {
    const today = bucketStart(before, 'daily').getTime();
    let folded = 0;
    for (const tenantId of await this.database.unitOfWork.tenants()) {
      folded += await this.database.unitOfWork.run({ tenantId }, async (unit) => {
        const rows = await unit.all(sql`DELETE FROM savings WHERE tenant_id = ${tenantId} AND hour < ${today}
          AND hour % ${DAY_MS} <> 0 RETURNING hour, model, ${trusted(TOTAL_COLUMNS.join(', '))}`);
        const days = savingsOf(rows.map((row) => ({ ...toSaving(row), hour: dayOf(row) })));
        for (let start = 0; start < days.length; start += ROWS_PER_STATEMENT) {
          await addSavings(unit, days.slice(start, start + ROWS_PER_STATEMENT));
        }
        return rows.length;
      });
    }
    return folded;
  }
}

/** @returns those that were not known yet. */
async function addRequests(
  unit: Unit,
  caller: Caller,
  records: readonly RequestRecord[],
): Promise<readonly RequestRecord[]> {
  const values = records.map((record) => requestValues(caller.tenantId, record));
  const rows =
    await unit.all(sql`INSERT INTO requests (${trusted(REQUEST_COLUMNS)}) VALUES ${joinSql(values, ', ')}
    ON CONFLICT (tenant_id, id) DO NOTHING RETURNING id`);
  const added = new Set(rows.map((row) => text(row, 'id')));
  return records.filter((record) => added.has(record.id));
}

async function addSavings(unit: Unit, savings: readonly Saving[]): Promise<void> {
  const values = savings.map(({ hour, model, totals }): Sql => {
    return sql`(${unit.tenantId}, ${hour}, ${model}, ${totalValues(totals)})`;
  });
  await unit.send(sql`INSERT INTO savings (tenant_id, hour, model, ${trusted(TOTAL_COLUMNS.join(', '))})
    VALUES ${joinSql(values, ', ')}
    ON CONFLICT (tenant_id, hour, model) DO UPDATE SET ${trusted(ADDED)}`);
}

function savingOf(record: RequestRecord): Saving {
  const hour = bucketStart(record.at, 'hourly').getTime();
  return { hour, model: labelText(record.model ?? ''), totals: usageOf(record) };
}

function toSaving(row: Row): Saving {
  return { hour: numeric(row, 'hour'), model: text(row, 'model'), totals: toTotals(row) };
}

function dayOf(row: Row): number {
  return bucketStart(instant(row, 'hour'), 'daily').getTime();
}

/** One per hour and model, sorted, so that concurrent writers lock rows in the same order. */
function savingsOf(parts: readonly Saving[]): readonly Saving[] {
  const savings = new Map<string, Saving>();
  for (const { hour, model, totals } of parts) {
    const address = `${hour} ${model}`;
    savings.set(address, {
      hour,
      model,
      totals: addUsage(savings.get(address)?.totals ?? NO_USAGE, totals),
    });
  }
  return [...savings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, saving]) => saving);
}
