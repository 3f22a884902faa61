import type { JsonValue } from '#libs/kernel';
import type { FilterCondition, MemoryFilter } from '#libs/memory';
import { allOf, anyOf, listOf, sql, trusted } from '../sql.js';
import type { Dialect, Sql } from '../sql.js';
import { jsonFunctions } from './json-functions.js';
import type { JsonEntry, JsonFunctions } from './json-functions.js';

const ALWAYS = trusted('1 = 1');
const NEVER = trusted('1 = 0');
const TIMES = ['created_at', 'valid_from', 'expires_at'];
const TEXTS = ['category', 'subject', 'scope_level', 'session_id', 'agent_id', 'turn_id'];

/**
 * A filter as a condition on the table alias `m`, with the meaning of `matchesFilter` in `libs/memory`. Every condition
 * is true or false and never NULL, so that `not` means its opposite.
 */
export function filterCondition(dialect: Dialect, filter: MemoryFilter): Sql {
  if ('all' in filter) return allOf(filter.all.map((part) => filterCondition(dialect, part)));
  if ('any' in filter) return anyOf(filter.any.map((part) => filterCondition(dialect, part)));
  if ('not' in filter) return sql`NOT ${filterCondition(dialect, filter.not)}`;
  return sql`(${condition(jsonFunctions(dialect), filter)})`;
}

function condition(json: JsonFunctions, filter: FilterCondition): Sql {
  const { field } = filter;
  if (field === 'entities') return onEntities(json, filter);
  if (field === 'importance') return onColumn(trusted('m.importance'), 'number', filter, json);
  if (TEXTS.includes(field)) return onColumn(trusted(`m.${field}`), 'string', filter, json);
  if (TIMES.includes(field)) return onColumn(trusted(`m.${field}`), 'number', inMilliseconds(filter), json);
  return onMetadata(json, field.slice('metadata.'.length), filter);
}

/** A typed column: a value of another type equals nothing and orders with nothing. */
function onColumn(
  column: Sql,
  type: 'string' | 'number',
  { operator, value }: FilterCondition,
  json: JsonFunctions,
): Sql {
  const equals = (wanted: JsonValue): Sql => {
    if (wanted === null) return sql`${column} IS NULL`;
    return isOf(type, wanted) ? sql`(${column} IS NOT NULL AND ${column} = ${wanted})` : NEVER;
  };
  switch (operator) {
    case 'eq':
      return equals(value);
    case 'ne':
      return sql`NOT (${equals(value)})`;
    case 'in':
      return isOneOf(column, type, value, equals);
    case 'nin':
      return sql`NOT ${isOneOf(column, type, value, equals)}`;
    case 'exists':
      return value === true ? sql`${column} IS NOT NULL` : sql`${column} IS NULL`;
    case 'contains':
      if (type === 'number') return NEVER;
      return isOf('string', value) ? sql`(${column} IS NOT NULL AND ${json.contains(column, value)})` : NEVER;
    default:
      if (!isOf(type, value)) return NEVER;
      return sql`(${column} IS NOT NULL AND ${column} ${ordering(operator)} ${value})`;
  }
}

function isOneOf(
  column: Sql,
  type: 'string' | 'number',
  value: JsonValue,
  equals: (wanted: JsonValue) => Sql,
): Sql {
  const wanted = Array.isArray(value) ? value : [];
  const typed = wanted.filter((item): item is string | number => isOf(type, item));
  return anyOf([
    ...(typed.length === 0 ? [] : [sql`(${column} IS NOT NULL AND ${column} IN ${listOf(typed)})`]),
    ...(wanted.includes(null) ? [equals(null)] : []),
  ]);
}

/** The list of entities: it always exists and equals no single value. */
function onEntities(json: JsonFunctions, { operator, value }: FilterCondition): Sql {
  switch (operator) {
    case 'ne':
    case 'nin':
      return ALWAYS;
    case 'exists':
      return value === true ? ALWAYS : NEVER;
    case 'contains':
      return typeof value === 'string' ? json.someItem(json.entities, (item) => isEqual(item, value)) : NEVER;
    default:
      return NEVER;
  }
}

function onMetadata(json: JsonFunctions, key: string, { operator, value }: FilterCondition): Sql {
  const holds = (test: (entry: JsonEntry) => Sql): Sql => json.someMember(json.metadata, key, test);
  const isThere = holds((entry) => sql`${entry.type} <> 'null'`);
  const equals = (wanted: JsonValue): Sql =>
    wanted === null ? sql`NOT ${isThere}` : holds((entry) => isEqual(entry, wanted));
  const wanted = Array.isArray(value) ? value : [];
  switch (operator) {
    case 'eq':
      return equals(value);
    case 'ne':
      return sql`NOT ${equals(value)}`;
    case 'in':
      return anyOf(wanted.map(equals));
    case 'nin':
      return sql`NOT ${anyOf(wanted.map(equals))}`;
    case 'exists':
      return value === true ? isThere : sql`NOT ${isThere}`;
    case 'contains':
      return holds((entry) =>
        anyOf([
          json.someItem(json.listIn(entry), (item) => isEqual(item, value)),
          ...(typeof value === 'string'
            ? [sql`(${entry.type} = 'string' AND ${json.contains(entry.text, value)})`]
            : []),
        ]),
      );
    default:
      return holds((entry) => isOrdered(entry, operator, value));
  }
}

function isEqual(entry: JsonEntry, value: JsonValue): Sql {
  if (typeof value === 'string') return sql`(${entry.type} = 'string' AND ${entry.text} = ${value})`;
  if (typeof value === 'number') return sql`(${entry.type} = 'number' AND ${entry.number} = ${value})`;
  if (typeof value === 'boolean')
    return sql`(${entry.type} = 'boolean' AND ${entry.truth} = ${String(value)})`;
  return value === null ? sql`${entry.type} = 'null'` : NEVER;
}

function isOrdered(entry: JsonEntry, operator: FilterCondition['operator'], value: JsonValue): Sql {
  if (typeof value === 'number')
    return sql`(${entry.type} = 'number' AND ${entry.number} ${ordering(operator)} ${value})`;
  if (typeof value === 'string')
    return sql`(${entry.type} = 'string' AND ${entry.text} ${ordering(operator)} ${value})`;
  return NEVER;
}

function ordering(operator: FilterCondition['operator']): Sql {
  const signs: Partial<Record<FilterCondition['operator'], string>> = {
    gt: '>',
    gte: '>=',
    lt: '<',
    lte: '<=',
  };
  return trusted(signs[operator] ?? '=');
}

function isOf(type: 'string' | 'number', value: JsonValue): value is string | number {
  return typeof value === type;
}

/** Times are stored as milliseconds; as text they order alike. `contains` the whole text is equality. */
function inMilliseconds({ field, operator, value }: FilterCondition): FilterCondition {
  const convert = (item: JsonValue): JsonValue => (typeof item === 'string' ? Date.parse(item) : item);
  return {
    field,
    operator: operator === 'contains' ? 'eq' : operator,
    value: Array.isArray(value) ? value.map(convert) : convert(value),
  };
}
