import { type JsonNode, writeJsonTree } from '#libs/json-text';
import { type ColumnText, type Template, findTemplate } from './column-templates.js';

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

/** Shorter literals cost no more than the ditto would. */
export const DITTO_MIN_LENGTH = 5;
/** Characters per token of usual values; only to compare rules, which differ by much more. */
const CHARACTERS_PER_TOKEN = 3.2;
const SAMPLES = 32;
/** Templates are looked for in this many columns at most, the costliest: each is held against each other one. */
const MAX_TEMPLATED = 120;

/** The literals by which cells are compared. */
export function literalsOf({ cells }: RawColumn): (string | undefined)[] {
  return cells.map((cell) => cell && literalOf(cell));
}

export function literalOf(node: JsonNode): string {
  return node.kind === 'array' || node.kind === 'object' ? writeJsonTree(node) : node.text;
}

/** The text of a scalar that a template can hold: a string without its quotes. */
export function innerText(node: JsonNode | undefined): string | undefined {
  if (node === undefined || node.kind === 'array' || node.kind === 'object') return undefined;
  return node.kind === 'string' ? node.text.slice(1, -1) : node.text;
}

/** Chooses the cheapest rule for each column. Templates name only columns of shorter texts, so never each other. */
export function chooseRules(
  columns: readonly RawColumn[],
  literals: readonly (readonly (string | undefined)[])[],
  count: CountText,
  withTemplates: boolean,
): ColumnRule[] {
  const texts = columns.map(({ cells }) => cells.map(innerText));
  const rules = columns.map((column, index) => plainRule(column, literals[index] ?? [], count));
  if (!withTemplates) return rules.map(({ rule }) => rule);
  const lengths = texts.map((column) => meanLength(column));
  const ranked = [...columns.keys()]
    .filter((index) => rules[index]?.rule.kind !== 'constant' && (lengths[index] ?? 0) > 0)
    .sort((a, b) => (rules[b]?.cost ?? 0) - (rules[a]?.cost ?? 0) || a - b)
    .slice(0, MAX_TEMPLATED)
    .sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  const bases = new Map<number, ColumnText>();
  const chosen = rules.map(({ rule }) => rule);
  for (const index of ranked) {
    const column = columns[index];
    const text = texts[index];
    const plain = rules[index];
    if (column === undefined || text === undefined || plain === undefined) continue;
    const strings = text.map((value, row) => (column.cells[row]?.kind === 'string' ? value : undefined));
    const template = findTemplate(strings, bases);
    const mayUse = template !== undefined && (areAddresses(strings, template) || keepsValues(template));
    if (mayUse && templateCost(column, literals[index] ?? [], template, count) < plain.cost) {
      chosen[index] = { kind: 'template', template };
    }
    bases.set(index, text);
  }
  return chosen;
}

/**
 * Addresses are put together from names and numbers that stand in their row; they are seldom quoted as they are. Files
 * are, so a path must be all made of other columns.
 */
function areAddresses(texts: ColumnText, { hasOwn }: Template): boolean {
  const address = hasOwn ? URL : URL_OR_PATH;
  let present = 0;
  let addresses = 0;
  for (const text of texts) {
    if (text === undefined) continue;
    present++;
    if (address.test(text)) addresses++;
  }
  return addresses >= present * ADDRESS_SHARE;
}

/** True for a template that holds one value whole, with nothing but punctuation around it. */
function keepsValues({ pieces }: Template): boolean {
  return (
    pieces.filter((piece) => typeof piece === 'object').length === 1 &&
    pieces.every((piece) => typeof piece === 'object' || !WORD.test(piece))
  );
}

function meanLength(texts: ColumnText): number {
  let characters = 0;
  let present = 0;
  for (const text of texts) {
    if (text === undefined) continue;
    characters += text.length;
    present++;
  }
  return present === 0 ? 0 : characters / present;
}

const tokensOf = (literal: string): number => 1 + literal.length / CHARACTERS_PER_TOKEN;

function plainRule(
  column: RawColumn,
  literals: readonly (string | undefined)[],
  count: CountText,
): { rule: ColumnRule; cost: number } {
  const told = count(column.name) + 2;
  const frequencies = new Map<string, number>();
  let cells = 0;
  let optional = 0;
  let sticky = 0;
  let rows = 0;
  let above: string | undefined;
  for (const [row, literal] of literals.entries()) {
    if (column.isRow[row] !== true) continue;
    rows++;
    const cost = literal === undefined ? 1 : tokensOf(literal);
    const isSame = literal === above && literal !== undefined && literal.length >= DITTO_MIN_LENGTH;
    cells += isSame ? 1 : cost;
    if (literal !== undefined) {
      optional += told + cost;
      frequencies.set(literal, (frequencies.get(literal) ?? 0) + 1);
    }
    if (literal !== above) sticky += told + cost;
    above = literal;
  }
  let usual: string | undefined;
  let most = 0;
  for (const [literal, frequency] of frequencies) {
    if (frequency <= most) continue;
    usual = literal;
    most = frequency;
  }
  const value = column.cells[literals.indexOf(usual)];
  const constant =
    optional + (rows - sum(frequencies.values())) * (told + 1) - (most - 1) * (told + tokensOf(usual ?? ''));
  const options: { rule: ColumnRule; cost: number }[] = [
    { rule: { kind: 'cells' }, cost: cells },
    { rule: { kind: 'optional' }, cost: optional },
    { rule: { kind: 'sticky' }, cost: sticky },
  ];
  if (value !== undefined) options.unshift({ rule: { kind: 'constant', value }, cost: constant });
  return options.reduce((best, option) => (option.cost < best.cost ? option : best));
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function templateCost(
  column: RawColumn,
  literals: readonly (string | undefined)[],
  { pieces, own, hasOwn }: Template,
  count: CountText,
): number {
  const told = count(column.name) + 2;
  let header = 2;
  for (const piece of pieces) header += typeof piece === 'string' ? count(piece) : 4;
  let exceptions = 0;
  let cells = 0;
  let above: string | undefined;
  const before: string[] = [];
  const after: string[] = [];
  for (const [row, literal] of literals.entries()) {
    if (column.isRow[row] !== true) continue;
    const value = own[row];
    if (value === undefined) {
      // What is absent need only be told where the template would give something: rare enough to be left out here.
      if (literal !== undefined) exceptions += told + tokensOf(literal);
      else if (!hasOwn) exceptions += told + 1;
    }
    if (!hasOwn) continue;
    const cell = value === undefined ? '' : ownLiteral(value);
    cells += value === undefined || value === above ? 1 : tokensOf(cell);
    above = value;
    if (value === undefined || literal === undefined || before.length >= SAMPLES) continue;
    before.push(literal);
    after.push(cell);
  }
  if (!hasOwn) return header + exceptions;
  // What a tokenizer makes of the rest of a text is seen on a sample.
  const [whole, rest] = [before.join(), after.join()];
  const calibration = (count(rest) / Math.max(1, count(whole))) * (whole.length / Math.max(1, rest.length));
  const worth = Number.isFinite(calibration) ? Math.max(1, calibration) : 1;
  return header + exceptions + cells * worth + 1;
}

const URL = /^[a-z][a-z+]{1,12}:(?:\\?\/){2}[^\s]*$/;
const URL_OR_PATH = /^(?:[a-z][a-z+]{1,12}:\\?\/)?\\?\/[^\s]*$/;
const ADDRESS_SHARE = 0.9;
const WORD = /[\p{L}\p{N}\\]/u;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The cell of an own part: bare where it reads as a number. */
export function ownLiteral(value: string): string {
  return value.length <= 64 && NUMBER.test(value) ? value : `"${value}"`;
}
