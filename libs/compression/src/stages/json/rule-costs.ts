import type { Template } from './column-templates.js';
import {
  type ColumnRule,
  type CountText,
  DITTO_MIN_LENGTH,
  type RawColumn,
  ownLiteral,
} from './table-column.js';

/** Characters per token of usual values; only to compare rules, which differ by much more. */
const CHARACTERS_PER_TOKEN = 3.2;
const SAMPLES = 32;

const tokensOf = (literal: string): number => 1 + literal.length / CHARACTERS_PER_TOKEN;

/** The cheapest rule without a template, and its tokens. */
export function plainRule(
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

/** The tokens of a column that is told by a template. */
export function templateCost(
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
