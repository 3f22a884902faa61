import { type Caller, type ErasureReceipt, maySee } from '#libs/kernel';
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
import type { Erasable } from './erasable.js';

interface Kept {
  readonly requests: Map<string, RequestRecord>;
  readonly hours: Map<number, UsageTotals>;
}

export class InMemoryUsageStore extends UsageStore implements Erasable {
  readonly #tenants = new Map<string, Kept>();

  override async record(caller: Caller, records: readonly RequestRecord[]): Promise<void> {
    await Promise.resolve();
    const { requests, hours } = this.#of(caller.tenantId);
    for (const record of records) {
      if (requests.has(record.id)) continue;
      requests.set(record.id, record);
      const hour = bucketStart(record.at, 'hourly').getTime();
      hours.set(hour, addUsage(hours.get(hour) ?? NO_USAGE, usageOf(record)));
    }
  }

  override async lifetime(caller: Caller): Promise<UsageTotals> {
    await Promise.resolve();
    return [...this.#of(caller.tenantId).hours.values()].reduce(addUsage, NO_USAGE);
  }

  override async recent(caller: Caller, limit: number): Promise<readonly RequestRecord[]> {
    await Promise.resolve();
    return [...this.#of(caller.tenantId).requests.values()]
      .filter((record) => maySee(caller, record.userId))
      .sort((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1))
      .slice(0, Math.max(0, limit));
  }

  override async series(caller: Caller, series: UsageSeries, limit: number): Promise<readonly UsageBucket[]> {
    await Promise.resolve();
    const hours = [...this.#of(caller.tenantId).hours]
      .sort(([a], [b]) => a - b)
      .map(([start, totals]): UsageBucket => ({ ...totals, start: new Date(start) }));
    return widenBuckets(hours, series, limit);
  }

  override async sweep(before: Date): Promise<number> {
    await Promise.resolve();
    let dropped = 0;
    for (const { requests } of this.#tenants.values()) {
      for (const { id, at } of requests.values()) {
        if (at < before && requests.delete(id)) dropped++;
      }
    }
    return dropped;
  }

  override async rollUp(before: Date): Promise<number> {
    await Promise.resolve();
    const today = bucketStart(before, 'daily').getTime();
    let folded = 0;
    for (const { hours } of this.#tenants.values()) {
      for (const [hour, totals] of [...hours]) {
        const day = bucketStart(new Date(hour), 'daily').getTime();
        if (hour >= today || hour === day) continue;
        hours.delete(hour);
        hours.set(day, addUsage(hours.get(day) ?? NO_USAGE, totals));
        folded++;
      }
    }
    return folded;
  }

  eraseUser(tenantId: string, userId: string): Partial<ErasureReceipt> {
    const { requests } = this.#of(tenantId);
    let named = 0;
    for (const record of requests.values()) {
      if (record.userId !== userId) continue;
      requests.set(record.id, { ...record, userId: undefined });
      named++;
    }
    return { requests: named };
  }

  #of(tenantId: string): Kept {
    const known = this.#tenants.get(tenantId);
    if (known) return known;
    const fresh: Kept = { requests: new Map(), hours: new Map() };
    this.#tenants.set(tenantId, fresh);
    return fresh;
  }
}
