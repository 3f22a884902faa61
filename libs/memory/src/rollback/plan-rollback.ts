import { isDeepStrictEqual } from 'node:util';
import { earliestSuccession, type Memory } from '../model/memory.js';
import { isCurrent } from '../search/view.js';
import type { RollbackChange } from './rollback.js';

/** What a rollback does to one chain. */
export type RollbackStep =
  /** What `older` says becomes a new link after `end`. */
  | { readonly action: 'restore'; readonly end: Memory; readonly older: Memory }
  /** `end` stops being current, with nothing in its place. */
  | { readonly action: 'retire'; readonly end: Memory };

/**
 * What returns a chain (oldest first) to what was current in it at an instant of recorded time; null when it says
 * that already. What was erased or has expired since then does not come back, and neither does what replaced it stay.
 */
export function planRollback(chain: readonly Memory[], to: Date, now: Date): RollbackStep | null {
  const end = chain.at(-1);
  if (end === undefined) return null;
  const older = chain.findLast((memory) => wasCurrent(memory, to) && isThere(memory, now));
  if (older === undefined) return isCurrent(end, now) ? { action: 'retire', end } : null;
  return isCurrent(end, now) && saysTheSame(end, older) ? null : { action: 'restore', end, older };
}

/** A step as it is told; `after` is the link that it makes. */
export function rollbackChange(step: RollbackStep, after: Memory | undefined, now: Date): RollbackChange {
  const { action, end } = step;
  const id = step.action === 'restore' ? step.older.id : end.id;
  return { id, action, ...(isCurrent(end, now) && { before: end }), ...(after !== undefined && { after }) };
}

/** The link that brings an older content back: it begins where nothing of the chain is valid yet. */
export function restoredLink(end: Memory, older: Memory, now: Date, id: string): Memory {
  const { content, category, importance, subject, entities, metadata, source } = older;
  const earliest = earliestSuccession(end);
  return {
    id,
    scope: end.scope,
    content,
    category,
    importance,
    subject,
    entities,
    metadata,
    source,
    alsoSeen: [],
    validFrom: earliest > now ? earliest : now,
    createdAt: now,
    updatedAt: now,
    supersedes: end.id,
    reason: `rolled back to ${older.id}`,
    promotedFrom: older.promotedFrom,
    expiresAt: older.expiresAt,
    accessCount: 0,
    contentHash: older.contentHash,
    version: 1,
  };
}

/** The end of a retired memory's validity; one that was to begin later is valid at no time. */
export function retirement(memory: Memory, now: Date): Date {
  return memory.validFrom > now ? memory.validFrom : now;
}

/** By what was recorded until then; whether it has been erased since is another question. */
function wasCurrent(memory: Memory, at: Date): boolean {
  const { createdAt, supersededAt, expiresAt } = memory;
  return (
    createdAt <= at &&
    (supersededAt === undefined || supersededAt > at) &&
    (expiresAt === undefined || expiresAt > at)
  );
}

function isThere({ deletedAt, expiresAt }: Memory, now: Date): boolean {
  return deletedAt === undefined && (expiresAt === undefined || expiresAt > now);
}

function saysTheSame(one: Memory, other: Memory): boolean {
  return one === other || isDeepStrictEqual(statement(one), statement(other));
}

function statement(memory: Memory): unknown[] {
  const { content, category, importance, subject, entities, metadata, promotedFrom, expiresAt } = memory;
  return [content, category, importance, subject, entities, metadata, promotedFrom, expiresAt?.getTime()];
}
