import { type JsonNode, type JsonObjectNode, type JsonScalar, writeJsonTree } from '#libs/json-text';
import {
  type ColumnRule,
  type CountText,
  DITTO_MIN_LENGTH,
  type RawColumn,
  chooseRules,
  literalsOf,
  ownLiteral,
} from './column-rules.js';
import { flattenRows } from './column-tree.js';
import type { Template } from './column-templates.js';
import { columnName, orderText } from './table-names.js';
import { ABSENT_CELLS, DITTO_CELLS, TABLE_KEYS, TEMPLATE_MARKS } from './table-keys.js';

/** With more rows that stay as they are there is no table. */
const MAX_STRANGERS = 0.3;

interface Planned {
  readonly column: RawColumn;
  readonly literals: readonly (string | undefined)[];
  readonly rule: ColumnRule;
}

/**
 * Rows as a table: `{"_cols":["id",{"type":"User"},"owner.name"],"_same":"","_rows":[[1,"ada"],[2,""]]}`. A column
 * given as an object has that one value; `_fill` names the marks around what is filled into such a value: `<login>`
 * is the row's value of the column login, `<>` its own cell. A name with `?` is of a column that most rows lack, one
 * with `^` of one that goes on as in the row above. What is otherwise stands by name in the object that closes a row.
 * `_same` and `_none` name the cells for "as in the row above" and "no such key". With `keys`, the rows are the
 * members of an object and the first column, `_key`, is the key.
 * @returns undefined when too few items are rows.
 */
export function tableOf(
  items: readonly JsonNode[],
  encodeCell: (node: JsonNode) => JsonNode,
  count: CountText,
  keys?: readonly string[],
): JsonNode | undefined {
  const objects = items.map((item) => (item.kind === 'object' ? item : undefined));
  const flat = flattenRows(objects);
  if (flat === undefined) return undefined;
  const isRow = flat.rows.map((row) => row !== null);
  const strangers = isRow.filter((is) => !is).length;
  if (strangers > items.length * MAX_STRANGERS) return undefined;
  const columns: RawColumn[] = [];
  if (keys !== undefined) {
    const cells = keys.map((text, row): JsonNode | undefined =>
      isRow[row] ? { kind: 'string', text } : undefined,
    );
    columns.push({ name: TABLE_KEYS.key, cells, isRow });
  }
  for (const [leaf, path] of flat.paths.entries()) {
    const name = columnName(path);
    if (name === undefined) return undefined;
    columns.push({ name, cells: flat.rows.map((row) => row?.[leaf]), isRow });
  }
  if (columns.length === 0) return undefined;
  const table = new TableWriter(columns, count).write(
    encodeCell,
    (row) => flat.orderOf[row] ?? 0,
    (row) => strangerRow(items[row], keys?.[row], encodeCell),
  );
  if (flat.orders.length > 1) {
    const orders = flat.orders
      .slice(1)
      .map((order): JsonNode => ({ kind: 'string', text: orderText(order) }));
    table.keys.splice(1, 0, TABLE_KEYS.orders);
    table.values.splice(1, 0, { kind: 'array', items: orders });
  }
  return table;
}

/** An item that is no row stands in an object, with its key where rows have one. */
function strangerRow(
  item: JsonNode | undefined,
  key: string | undefined,
  encodeCell: (node: JsonNode) => JsonNode,
): JsonNode {
  const values: JsonNode[] = item === undefined ? [] : [encodeCell(item)];
  if (key === undefined) return { kind: 'object', keys: [TABLE_KEYS.item], values };
  values.push({ kind: 'string', text: key });
  return { kind: 'object', keys: [TABLE_KEYS.item, TABLE_KEYS.key], values };
}

class TableWriter {
  private readonly plan: Planned[];
  private readonly marks: readonly [string, string] | undefined;
  private dittos = false;
  private absences = false;

  constructor(columns: readonly RawColumn[], count: CountText) {
    const literals = columns.map(literalsOf);
    const planned = (withTemplates: boolean): Planned[] => {
      const rules = chooseRules(columns, literals, count, withTemplates);
      return columns.map((column, index) => ({
        column,
        literals: literals[index] ?? [],
        rule: rules[index] ?? { kind: 'cells' },
      }));
    };
    let plan = planned(true);
    const hasTemplates = plan.some(({ rule }) => rule.kind === 'template');
    this.marks = hasTemplates ? marksFor(plan) : undefined;
    if (hasTemplates && this.marks === undefined) plan = planned(false);
    this.plan = plan;
  }

  write(
    encodeCell: (node: JsonNode) => JsonNode,
    orderOf: (row: number) => number,
    stranger: (row: number) => JsonNode,
  ): JsonObjectNode {
    const used = this.usedLiterals();
    const same = unusedCell(DITTO_CELLS, '^', used);
    used.add(literalText(same));
    const none = unusedCell(ABSENT_CELLS, '-', used);
    const rows: JsonNode[] = [];
    const above = new Array<string | undefined>(this.plan.length).fill(undefined);
    let order = 0;
    const count = this.plan[0]?.column.isRow.length ?? 0;
    for (let row = 0; row < count; row++) {
      if (this.plan[0]?.column.isRow[row] !== true) {
        rows.push(stranger(row));
        continue;
      }
      const cells: JsonNode[] = [];
      const told: JsonObjectNode = { kind: 'object', keys: [], values: [] };
      for (const [index, planned] of this.plan.entries()) {
        const cell = this.cellOf(planned, row, encodeCell);
        if (cell !== undefined) {
          const [node, literal] = cell;
          if (literal === undefined) {
            this.absences = true;
            cells.push(none);
          } else if (literal === above[index] && literal.length >= DITTO_MIN_LENGTH) {
            this.dittos = true;
            cells.push(same);
          } else cells.push(node ?? none);
          above[index] = literal;
        }
        const exception = this.isTold(planned, row, above, index);
        if (!exception) continue;
        const value = planned.column.cells[row];
        if (value === undefined) this.absences = true;
        told.keys.push(planned.column.name);
        told.values.push(value === undefined ? none : encodeCell(value));
      }
      if (orderOf(row) !== order) {
        order = orderOf(row);
        told.keys.push(TABLE_KEYS.order);
        told.values.push({ kind: 'number', text: String(order) });
      }
      if (told.keys.length > 0) cells.push(told);
      rows.push({ kind: 'array', items: cells });
    }
    return this.assemble(rows, same, none, encodeCell);
  }

  /** The cell of a column that has one per row, and the literal it is compared by; undefined for an absence. */
  private cellOf(
    { column, literals, rule }: Planned,
    row: number,
    encodeCell: (node: JsonNode) => JsonNode,
  ): [JsonNode | undefined, string | undefined] | undefined {
    if (rule.kind === 'cells') {
      const cell = column.cells[row];
      return [cell && encodeCell(cell), literals[row]];
    }
    if (rule.kind !== 'template' || !rule.template.hasOwn) return undefined;
    const own = rule.template.own[row];
    if (own === undefined) return [undefined, undefined];
    const text = ownLiteral(own);
    return [{ kind: text.startsWith('"') ? 'string' : 'number', text }, text];
  }

  /** True where a row must tell a value by name. Keeps what a sticky column was last in `above`. */
  private isTold(
    { column, literals, rule }: Planned,
    row: number,
    above: (string | undefined)[],
    at: number,
  ): boolean {
    const literal = literals[row];
    if (rule.kind === 'cells') return false;
    if (rule.kind === 'optional') return literal !== undefined;
    if (rule.kind === 'constant') return literal !== literalText(rule.value);
    if (rule.kind === 'sticky') {
      const isSame = literal === above[at];
      above[at] = literal;
      return !isSame;
    }
    const { own, hasOwn } = rule.template;
    if (own[row] !== undefined) return false;
    return column.cells[row] !== undefined || (!hasOwn && this.isFilled(rule.template, row));
  }

  /** True when all columns that a template names have a value in the row. */
  private isFilled({ pieces }: Template, row: number): boolean {
    return pieces.every((piece) => {
      if (typeof piece === 'string' || !('column' in piece)) return true;
      const base = this.plan[piece.column]?.column.cells[row];
      return base !== undefined && base.kind !== 'array' && base.kind !== 'object';
    });
  }

  private assemble(
    rows: JsonNode[],
    same: JsonNode,
    none: JsonNode,
    encodeCell: (node: JsonNode) => JsonNode,
  ): JsonObjectNode {
    const table: JsonObjectNode = { kind: 'object', keys: [], values: [] };
    const put = (key: string, value: JsonNode): void => {
      table.keys.push(key);
      table.values.push(value);
    };
    const header = this.plan.map((planned) => this.headerOf(planned, encodeCell));
    put(TABLE_KEYS.columns, { kind: 'array', items: header });
    if (this.marks !== undefined) put(TABLE_KEYS.fill, { kind: 'string', text: `"${this.marks.join('')}"` });
    if (this.dittos) put(TABLE_KEYS.same, same);
    if (this.absences) put(TABLE_KEYS.none, none);
    put(TABLE_KEYS.rows, { kind: 'array', items: rows });
    return table;
  }

  private headerOf({ column, rule }: Planned, encodeCell: (node: JsonNode) => JsonNode): JsonNode {
    const { name } = column;
    if (rule.kind === 'cells') return { kind: 'string', text: name };
    if (rule.kind === 'optional') return { kind: 'string', text: `"?${name.slice(1)}` };
    if (rule.kind === 'sticky') return { kind: 'string', text: `"^${name.slice(1)}` };
    if (rule.kind === 'constant') return { kind: 'object', keys: [name], values: [encodeCell(rule.value)] };
    const [open, close] = this.marks ?? ['', ''];
    const text = rule.template.pieces.map((piece) => {
      if (typeof piece === 'string') return piece;
      return 'column' in piece
        ? `${open}${(this.plan[piece.column]?.column.name ?? '').slice(1, -1)}${close}`
        : open + close;
    });
    return { kind: 'object', keys: [name], values: [{ kind: 'string', text: `"${text.join('')}"` }] };
  }

  /** The literals of all cells, own parts and told values: none of them may mean something else. */
  private usedLiterals(): Set<string> {
    const used = new Set<string>();
    for (const { column, literals, rule } of this.plan) {
      for (const [row, literal] of literals.entries()) {
        if (literal === undefined) continue;
        const own = rule.kind === 'template' ? rule.template.own[row] : undefined;
        const cell = column.cells[row];
        if (own !== undefined) used.add(ownLiteral(own));
        else if (cell?.kind !== 'array' && cell?.kind !== 'object') used.add(literal);
        else if (literal.length === 2) used.add(literal);
      }
    }
    return used;
  }
}

function literalText(node: JsonNode): string {
  if (node.kind === 'array' && node.items.length === 0) return '[]';
  if (node.kind === 'object' && node.keys.length === 0) return '{}';
  return node.kind === 'array' || node.kind === 'object' ? writeJsonTree(node) : node.text;
}

/** Marks that stand in no constant and no name of the table. */
function marksFor(plan: readonly Planned[]): readonly [string, string] | undefined {
  const texts: string[] = plan.map(({ column }) => column.name);
  for (const { rule } of plan) {
    if (rule.kind === 'constant' && rule.value.kind === 'string') texts.push(rule.value.text);
    if (rule.kind === 'template')
      texts.push(...rule.template.pieces.filter((piece) => typeof piece === 'string'));
  }
  return TEMPLATE_MARKS.find(
    ([open, close]) =>
      texts.every((text) => !text.includes(open)) && plan.every(({ column }) => !column.name.includes(close)),
  );
}

function unusedCell(preferred: readonly JsonNode[], mark: string, used: ReadonlySet<string>): JsonNode {
  const free = preferred.find((cell) => !used.has(literalText(cell)));
  if (free !== undefined) return free;
  let cell: JsonScalar = { kind: 'string', text: `"${mark}"` };
  for (let length = 2; used.has(cell.text); length++)
    cell = { kind: 'string', text: `"${mark.repeat(length)}"` };
  return cell;
}
