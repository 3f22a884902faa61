import type { Scope } from '#libs/kernel';
import type { MemoryView, ScopeMode } from '#libs/memory';
import { allOf, sql, trusted } from '../sql.js';
import type { Dialect, Sql } from '../sql.js';
import { filterCondition } from './memory-filter.js';

/** A view as conditions on the table alias `m`; its meaning is `judge` in `libs/memory`. */
export interface ViewConditions {
  /** In scope, recorded and begun, and passing the filter; possibly ended or expired. */
  readonly within: Sql;
  readonly superseded: Sql;
  readonly expired: Sql;
  /** What the view sees. */
  readonly seen: Sql;
}

export function viewConditions(dialect: Dialect, tenantId: string, view: MemoryView): ViewConditions {
  const now = view.now.getTime();
  const validAt = (view.asOf ?? view.now).getTime();
  const knownAt = (view.knownAsOf ?? view.now).getTime();
  const within = [
    inScope(tenantId, view.scope, view.mode),
    sql`m.deleted_at IS NULL AND m.created_at <= ${knownAt} AND m.valid_from <= ${validAt}`,
    ...(view.filter === undefined ? [] : [filterCondition(dialect, view.filter)]),
  ];
  const expired = sql`(m.expires_at IS NOT NULL AND m.expires_at <= ${now})`;
  // An end that was recorded later than `knownAt` was not known then.
  const superseded = view.includeSuperseded
    ? trusted('1 = 0')
    : sql`(m.superseded_at IS NOT NULL AND m.superseded_at <= ${knownAt}
        AND m.valid_until IS NOT NULL AND m.valid_until <= ${validAt})`;
  return {
    within: allOf(within),
    superseded: sql`(NOT ${expired} AND ${superseded})`,
    expired,
    seen: allOf([...within, sql`NOT ${expired}`, sql`NOT ${superseded}`]),
  };
}

/** Current by itself: not superseded, retired, erased or expired. */
export function isCurrent(now: Date): Sql {
  return sql`(m.deleted_at IS NULL AND m.superseded_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > ${now.getTime()}))`;
}

export function inScope(tenantId: string, scope: Scope, mode: ScopeMode): Sql {
  const { userId, sessionId, agentId, turnId } = scope;
  const level = (column: 'session_id' | 'agent_id' | 'turn_id', id: string | undefined): Sql => {
    const name = trusted(`m.${column}`);
    if (mode === 'subtree') return id === undefined ? trusted('1 = 1') : sql`${name} = ${id}`;
    if (id === undefined) return sql`${name} IS NULL`;
    return mode === 'exact' ? sql`${name} = ${id}` : sql`(${name} IS NULL OR ${name} = ${id})`;
  };
  return allOf([
    sql`m.tenant_id = ${tenantId}`,
    sql`m.user_id = ${userId}`,
    level('session_id', sessionId),
    level('agent_id', agentId),
    level('turn_id', turnId),
  ]);
}
