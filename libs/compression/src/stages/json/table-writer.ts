import type { JsonNode, JsonObjectNode } from '#libs/json-text';
import { chooseRules } from './column-rules.js';
import type { Template } from './column-templates.js';
import {
  type CountText,
  DITTO_MIN_LENGTH,
  type PlannedColumn,
  type RawColumn,
  literalsOf,
  ownLiteral,
} from './table-column.js';
import { ABSENT_CELLS, DITTO_CELLS, TABLE_KEYS } from './table-keys.js';
import { literalText, marksFor, unusedCell, usedLiterals } from './table-signs.js';

/** Chooses a rule for each column and writes the table of them. */
export class TableWriter {
  private readonly plan: PlannedColumn[];
  private readonly marks: readonly [string, string] | undefined;
  private dittos = false;
  private absences = false;

  constructor(columns: readonly RawColumn[], count: CountText) {
    const literals = columns.map(literalsOf);
    const planned = (withTemplates: boolean): PlannedColumn[] => {
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
    const used = usedLiterals(this.plan);
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
    { column, literals, rule }: PlannedColumn,
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
    { column, literals, rule }: PlannedColumn,
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

  private headerOf({ column, rule }: PlannedColumn, encodeCell: (node: JsonNode) => JsonNode): JsonNode {
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
}
