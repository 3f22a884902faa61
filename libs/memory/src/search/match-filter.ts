import { scopeLevel, type JsonValue } from '#libs/kernel';
import type { Memory } from '../model/memory.js';
import type { FilterCondition, MemoryFilter } from './filter.js';

/**
 * The reference meaning of a filter. A field without a value equals nothing: `eq`, `in`, `contains` and orderings
 * are false on it, `ne` and `nin` true; only `eq: null` and `exists: false` find it. `contains` is membership in a
 * list and part of a string; orderings compare two numbers or two strings, never one with the other.
 */
export function matchesFilter(memory: Memory, filter: MemoryFilter): boolean {
  if ('all' in filter) return filter.all.every((part) => matchesFilter(memory, part));
  if ('any' in filter) return filter.any.some((part) => matchesFilter(memory, part));
  if ('not' in filter) return !matchesFilter(memory, filter.not);
  return matchesCondition(fieldOf(memory, filter.field), filter);
}

function matchesCondition(actual: JsonValue, { operator, value }: FilterCondition): boolean {
  switch (operator) {
    case 'eq':
      return actual === value;
    case 'ne':
      return actual !== value;
    case 'in':
      return Array.isArray(value) && value.includes(actual);
    case 'nin':
      return Array.isArray(value) && !value.includes(actual);
    case 'exists':
      return (actual !== null) === value;
    case 'contains':
      if (Array.isArray(actual)) return actual.includes(value);
      return typeof actual === 'string' && typeof value === 'string' && actual.includes(value);
    case 'gt':
      return compare(actual, value, (order) => order > 0);
    case 'gte':
      return compare(actual, value, (order) => order >= 0);
    case 'lt':
      return compare(actual, value, (order) => order < 0);
    case 'lte':
      return compare(actual, value, (order) => order <= 0);
  }
}

function compare(actual: JsonValue, value: JsonValue, holds: (order: number) => boolean): boolean {
  if (typeof actual === 'number' && typeof value === 'number') return holds(actual - value);
  if (typeof actual !== 'string' || typeof value !== 'string') return false;
  return holds(actual < value ? -1 : actual > value ? 1 : 0);
}

/** Times read as UTC with milliseconds, so that they order as strings; what is not there reads as null. */
function fieldOf(memory: Memory, field: string): JsonValue {
  switch (field) {
    case 'category':
      return memory.category;
    case 'importance':
      return memory.importance;
    case 'subject':
      return memory.subject ?? null;
    case 'entities':
      return [...memory.entities];
    case 'scope_level':
      return scopeLevel(memory.scope);
    case 'session_id':
      return memory.scope.sessionId ?? null;
    case 'agent_id':
      return memory.scope.agentId ?? null;
    case 'turn_id':
      return memory.scope.turnId ?? null;
    case 'created_at':
      return memory.createdAt.toISOString();
    case 'valid_from':
      return memory.validFrom.toISOString();
    case 'expires_at':
      return memory.expiresAt?.toISOString() ?? null;
    default: {
      const key = field.slice('metadata.'.length);
      return Object.hasOwn(memory.metadata, key) ? (memory.metadata[key] ?? null) : null;
    }
  }
}
