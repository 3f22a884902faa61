import type { JsonValue } from '#libs/kernel';

export const FILTER_OPERATORS = [
  'eq',
  'ne',
  'in',
  'nin',
  'gt',
  'gte',
  'lt',
  'lte',
  'contains',
  'exists',
] as const;
export type FilterOperator = (typeof FILTER_OPERATORS)[number];

/** The memory fields a filter may name; any other field must be `metadata.<key>`. */
export const FILTER_FIELDS = [
  'category',
  'importance',
  'subject',
  'entities',
  'scope_level',
  'session_id',
  'agent_id',
  'turn_id',
  'created_at',
  'valid_from',
  'expires_at',
] as const;

/** One typed comparison; numbers compare as numbers, times as instants. */
export interface FilterCondition {
  readonly field: string;
  readonly operator: FilterOperator;
  readonly value: JsonValue;
}

/** A filter over fields and metadata, parsed and checked. */
export type MemoryFilter =
  | { readonly all: readonly MemoryFilter[] }
  | { readonly any: readonly MemoryFilter[] }
  | { readonly not: MemoryFilter }
  | FilterCondition;
