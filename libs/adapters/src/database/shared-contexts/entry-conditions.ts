import type { Caller } from '#libs/kernel';
import { addressOf } from '../address.js';
import { type Sql, sql, trusted } from '../sql.js';
import { visibleTo } from '../visibility.js';

/** Writers of one context take turns, so that versions, order, eviction and what is told of them agree. */
export function contextLock(context: string): string {
  return `shared-context ${addressOf(context)}`;
}

export function atKey({ tenantId }: Pick<Caller, 'tenantId'>, context: string, key: string): Sql {
  return sql`tenant_id = ${tenantId} AND address = ${addressOf(context, key)}`;
}

export function aliveIn(caller: Caller, context: string, now: Date): Sql {
  return sql`tenant_id = ${caller.tenantId} AND context_address = ${addressOf(context)}
    AND original IS NOT NULL AND expires_at > ${now.getTime()} AND ${visibleTo(caller)}`;
}

/** Beyond the youngest `count` of those that are alive. */
export function beyond(count: number, alive: Sql): Sql {
  return sql`${alive} AND sequence <= (SELECT sequence FROM shared_context_entries WHERE ${alive}
    ORDER BY sequence DESC LIMIT 1 OFFSET ${count})`;
}

/** What has expired and was not told of, in one context or in all of a tenant. */
export function dueIn(tenantId: string, now: Date, context?: string): Sql {
  const there = context === undefined ? trusted('') : sql`AND context_address = ${addressOf(context)}`;
  return sql`tenant_id = ${tenantId} ${there} AND original IS NOT NULL AND expires_at <= ${now.getTime()}`;
}
