import { type JsonNode, type JsonObjectNode, stringOfLiteral } from '#libs/json-text';
import { DATA_KEY, fieldName } from './field-names.js';

export type FieldType = 'string' | 'number' | 'boolean' | 'array' | 'object';

/** What one output tells of a field without telling any value; shares are 0–1 of the rows looked at. */
export interface FieldTraits {
  /** With the field that it lies in: `owner.name`. */
  readonly name: string;
  /** Without null, which says nothing of the type; sorted. */
  readonly types: readonly FieldType[];
  /** Rows with a value that is not null, false, zero or empty. */
  readonly filled: number;
  /** Different values among the filled. */
  readonly distinct: number;
}

/** Fields beyond this many are not remembered. */
export const MAX_FIELDS = 48;
const MAX_ROWS = 200;
const TRUE_OR_FALSE = ['true', 'false'];
const EMPTY = ['null', 'false', '""', '0', '0.0'];

/** The fields of rows, sorted by name; of many rows, an even sample is looked at. */
export function fieldsOf(rows: readonly JsonObjectNode[]): FieldTraits[] {
  const step = Math.max(1, Math.ceil(rows.length / MAX_ROWS));
  const sample = rows.filter((_, index) => index % step === 0);
  const fields = new Map<string, FieldReader>();
  for (const row of sample) {
    for (const [name, value] of membersOf(row)) {
      const field = fields.get(name) ?? new FieldReader();
      fields.set(name, field);
      field.add(value);
    }
  }
  return [...fields]
    .map(([name, field]) => field.traits(name, sample.length))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, MAX_FIELDS);
}

/** The members of a row, and of the objects in it: what lies deeper is not told apart. */
export function* membersOf(row: JsonObjectNode): Generator<[name: string, value: JsonNode]> {
  for (const [index, value] of row.values.entries()) {
    const name = fieldName(keyAt(row, index));
    yield [name, value];
    if (value.kind !== 'object' || name === DATA_KEY) continue;
    for (const [position, inner] of value.values.entries())
      yield [`${name}.${fieldName(keyAt(value, position))}`, inner];
  }
}

export function isEmptyValue(value: JsonNode): boolean {
  if (value.kind === 'array') return value.items.length === 0;
  if (value.kind === 'object') return value.values.length === 0;
  return EMPTY.includes(value.text);
}

function keyAt({ keys }: JsonObjectNode, index: number): string {
  return stringOfLiteral(keys[index] ?? '""');
}

class FieldReader {
  private readonly types = new Set<FieldType>();
  private readonly values = new Set<string>();
  private filled = 0;
  private scalars = 0;

  add(value: JsonNode): void {
    const type = typeOf(value);
    if (type !== undefined) this.types.add(type);
    if (isEmptyValue(value)) return;
    this.filled++;
    if (value.kind === 'array' || value.kind === 'object') return;
    this.scalars++;
    this.values.add(value.text);
  }

  traits(name: string, rows: number): FieldTraits {
    return {
      name,
      types: [...this.types].sort(),
      filled: Math.min(1, this.filled / Math.max(1, rows)),
      distinct: this.values.size / Math.max(1, this.scalars),
    };
  }
}

function typeOf(value: JsonNode): FieldType | undefined {
  if (value.kind !== 'literal') return value.kind;
  return TRUE_OR_FALSE.includes(value.text) ? 'boolean' : undefined;
}
