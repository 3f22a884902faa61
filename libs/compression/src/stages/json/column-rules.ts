import { type Template, findTemplate } from './column-templates.js';
import { plainRule, templateCost } from './rule-costs.js';
import { type ColumnRule, type CountText, type RawColumn, innerText } from './table-column.js';
import type { ColumnText } from './template-pieces.js';

/** Templates are looked for in this many columns at most, the costliest: each is held against each other one. */
const MAX_TEMPLATED = 120;
const URL = /^[a-z][a-z+]{1,12}:(?:\\?\/){2}[^\s]*$/;
const URL_OR_PATH = /^(?:[a-z][a-z+]{1,12}:\\?\/)?\\?\/[^\s]*$/;
const ADDRESS_SHARE = 0.9;
const WORD = /[\p{L}\p{N}\\]/u;

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
