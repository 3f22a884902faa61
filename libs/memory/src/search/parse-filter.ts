import { invalid, SCOPE_LEVELS, type Fault, type JsonValue } from '#libs/kernel';
import { MEMORY_CATEGORIES } from '../model/memory.js';
import { FILTER_FIELDS, FILTER_OPERATORS, type FilterOperator, type MemoryFilter } from './filter.js';

const MAX_DEPTH = 16;
const MAX_CONDITIONS = 200;
const ORDERING: readonly FilterOperator[] = ['gt', 'gte', 'lt', 'lte'];
const TIME_FIELDS: readonly string[] = ['created_at', 'valid_from', 'expires_at'];
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/i;

/**
 * Parses a filter's wire form: `{field: value}` or `{field: {operator: value, …}}`, all of which must hold, with
 * `and: […]`, `or: […]` and `not: {…}` beside them. Fields are the documented ones and `metadata.<key>`. Times come
 * out in UTC with milliseconds.
 * @throws HeadroomError `validation_error` naming every unknown field, unknown operator and unfit value.
 * @example parseFilter({ category: 'fact', importance: { gte: 0.5 }, 'metadata.project': { in: ['apollo'] } })
 */
export function parseFilter(wire: unknown, path = 'filter'): MemoryFilter {
  const parser = new FilterParser();
  const filter = parser.parseGroup(wire, path, 0);
  if (parser.faults.length > 0) throw invalid(parser.faults);
  return filter;
}

/** What {@link parseFilter} would refuse; paths are those within the filter. */
export function filterFaults(wire: unknown): readonly Fault[] {
  const parser = new FilterParser();
  parser.parseGroup(wire, '', 0);
  return parser.faults.map(({ path, message }) => ({ path: path.replace(/^\./, ''), message }));
}

class FilterParser {
  readonly faults: Fault[] = [];
  #conditions = 0;

  parseGroup(wire: unknown, path: string, depth: number): MemoryFilter {
    if (!isObject(wire)) return this.#refuse(path, 'must be an object of fields and operators');
    if (depth > MAX_DEPTH) return this.#refuse(path, `must not be nested deeper than ${MAX_DEPTH}`);
    const parts = Object.entries(wire).map(([key, value]) => this.#parseEntry(key, value, path, depth));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { all: parts };
  }

  #parseEntry(key: string, value: unknown, path: string, depth: number): MemoryFilter {
    const here = `${path}.${key}`;
    if (key === 'and') return { all: this.#parseList(value, here, depth) };
    if (key === 'or') return { any: this.#parseList(value, here, depth) };
    if (key === 'not') return { not: this.parseGroup(value, here, depth + 1) };
    if (!isField(key)) {
      return this.#refuse(here, `unknown field; use ${FILTER_FIELDS.join(', ')} or metadata.<key>`);
    }
    if (!isObject(value)) return this.#parseCondition(key, 'eq', value, here);
    const operators = Object.entries(value);
    if (operators.length === 0) return this.#refuse(here, 'needs an operator');
    return {
      all: operators.map(([operator, operand]) => this.#parseCondition(key, operator, operand, here)),
    };
  }

  #parseList(value: unknown, path: string, depth: number): MemoryFilter[] {
    if (!Array.isArray(value) || value.length === 0) {
      this.#refuse(path, 'must be a list of at least one filter');
      return [];
    }
    return value.map((item: unknown, i) => this.parseGroup(item, `${path}[${i}]`, depth + 1));
  }

  #parseCondition(field: string, operator: string, operand: unknown, path: string): MemoryFilter {
    const here = `${path}.${operator}`;
    if (!isOperator(operator)) {
      return this.#refuse(here, `unknown operator; use ${FILTER_OPERATORS.join(', ')}`);
    }
    if (++this.#conditions > MAX_CONDITIONS) {
      return this.#refuse(here, `a filter has at most ${MAX_CONDITIONS} conditions`);
    }
    if (operator === 'exists') {
      if (typeof operand !== 'boolean') return this.#refuse(here, 'must be true or false');
      return { field, operator, value: operand };
    }
    if (operator === 'in' || operator === 'nin') {
      if (!Array.isArray(operand)) return this.#refuse(here, 'must be a list of values');
      const values = operand.map((item: unknown, i) =>
        this.#parseValue(field, operator, item, `${here}[${i}]`),
      );
      return { field, operator, value: values };
    }
    return { field, operator, value: this.#parseValue(field, operator, operand, here) };
  }

  #parseValue(field: string, operator: FilterOperator, value: unknown, path: string): JsonValue {
    if (!isScalar(value)) {
      this.#refuse(path, 'must be a string, a number, true, false or null');
      return null;
    }
    if (ORDERING.includes(operator) && typeof value !== 'number' && typeof value !== 'string') {
      this.#refuse(path, 'must be a number or a string');
    }
    const wrong = wrongType(field, operator, value);
    if (wrong !== null) this.#refuse(path, wrong);
    return TIME_FIELDS.includes(field) && typeof value === 'string' && wrong === null
      ? new Date(value).toISOString()
      : value;
  }

  #refuse(path: string, message: string): MemoryFilter {
    this.faults.push({ path, message });
    return { all: [] };
  }
}

/** What is wrong with a value for a typed field; null when it fits. */
function wrongType(
  field: string,
  operator: FilterOperator,
  value: string | number | boolean | null,
): string | null {
  if (value === null || field.startsWith('metadata.')) return null;
  if (field === 'importance') return typeof value === 'number' ? null : 'must be a number';
  if (typeof value !== 'string') return 'must be a string';
  if (TIME_FIELDS.includes(field)) return isTime(value) ? null : 'must be an RFC 3339 time';
  if (operator === 'contains' || ORDERING.includes(operator)) return null;
  if (field === 'category' && !(MEMORY_CATEGORIES as readonly string[]).includes(value)) {
    return `must be one of ${MEMORY_CATEGORIES.join(', ')}`;
  }
  if (field === 'scope_level' && !(SCOPE_LEVELS as readonly string[]).includes(value)) {
    return `must be one of ${SCOPE_LEVELS.join(', ')}`;
  }
  return null;
}

function isTime(value: string): boolean {
  return RFC_3339.test(value) && !Number.isNaN(Date.parse(value));
}

function isField(name: string): boolean {
  if (name.startsWith('metadata.')) return name.length > 'metadata.'.length && !name.includes('\u0000');
  return (FILTER_FIELDS as readonly string[]).includes(name);
}

function isOperator(name: string): name is FilterOperator {
  return (FILTER_OPERATORS as readonly string[]).includes(name);
}

function isScalar(value: unknown): value is string | number | boolean | null {
  if (typeof value === 'string') return !value.includes('\u0000') && value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value === 'boolean';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
