import { type JsonNode, writeJsonTree } from '#libs/json-text';
import type { Template } from './column-templates.js';

/** How many tokens a text has. */
export type CountText = (text: string) => number;

/** A column before its rule is chosen. */
export interface RawColumn {
  /** Its name in the header, a literal. */
  readonly name: string;
  /** Per row; undefined where the row has no such key. */
  readonly cells: readonly (JsonNode | undefined)[];
  /** Rows that are in the table; the others count for nothing. */
  readonly isRow: readonly boolean[];
}

/** How the values of a column are told. What a rule does not tell, the row tells by name in its closing object. */
export type ColumnRule =
  /** A cell in each row. */
  | { readonly kind: 'cells' }
  /** Absent but where a row tells it. */
  | { readonly kind: 'optional' }
  /** As in the row above but where a row tells it. */
  | { readonly kind: 'sticky' }
  /** One value. */
  | { readonly kind: 'constant'; readonly value: JsonNode }
  /** Made of other columns, and of the cell's own part where the template has one. */
  | { readonly kind: 'template'; readonly template: Template };

/** A column with the rule that was chosen for it. */
export interface PlannedColumn {
  readonly column: RawColumn;
  readonly literals: readonly (string | undefined)[];
  readonly rule: ColumnRule;
}

/** Shorter literals cost no more than the ditto would. */
export const DITTO_MIN_LENGTH = 5;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The literals by which cells are compared. */
export function literalsOf({ cells }: RawColumn): (string | undefined)[] {
  return cells.map((cell) => cell && literalOf(cell));
}

function literalOf(node: JsonNode): string {
  return node.kind === 'array' || node.kind === 'object' ? writeJsonTree(node) : node.text;
}

export function scalarText(node: JsonNode | undefined): string | undefined {
  return node === undefined || node.kind === 'array' || node.kind === 'object' ? undefined : node.text;
}

/** The text of a scalar that a template can hold: a string without its quotes. */
export function innerText(node: JsonNode | undefined): string | undefined {
  const text = scalarText(node);
  return node?.kind === 'string' ? text?.slice(1, -1) : text;
}

/** The cell of an own part: bare where it reads as a number. */
export function ownLiteral(value: string): string {
  return value.length <= 64 && NUMBER.test(value) ? value : `"${value}"`;
}
