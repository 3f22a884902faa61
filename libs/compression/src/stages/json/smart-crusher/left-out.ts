import { stringOfLiteral } from '#libs/json-text';
import type { Column } from './row-columns.js';

/** Fields whose values a reader asks for by number: how many failed, how many are open. */
const ASKED_FIELD = /(?:^|[_.])(?:status|state|level|severity|type|kind|category|result|outcome|phase)$/i;
const MAX_FIELDS = 2;
const MAX_VALUES = 5;
const MAX_VALUE_CHARACTERS = 24;
const MAX_CHARACTERS = 140;
/** Beyond a few words, the sentence may cost this share of what is kept. */
const FEW_CHARACTERS = 48;
const MAX_SHARE = 0.04;

/**
 * What the rows that were dropped hold in the fields with few values, most frequent first:
 * `985 left out: status ok 940, pending 45; type page 985`.
 * @returns undefined where no field has few values, or where telling it costs too much.
 */
export function leftOut(
  columns: readonly Column[],
  rows: number,
  kept: ReadonlySet<number>,
  keptCharacters: number,
): string | undefined {
  const dropped = rows - kept.size;
  const most = Math.min(MAX_CHARACTERS, FEW_CHARACTERS + keptCharacters * MAX_SHARE);
  let summary = `${String(dropped)} left out: `;
  let fields = 0;
  for (const column of byInterest(columns)) {
    const counts = countsOf(column, kept, dropped);
    if (counts === undefined) continue;
    const told = `${fields === 0 ? '' : '; '}${column.name} ${counts}`;
    if (summary.length + told.length > most) continue;
    summary += told;
    fields++;
    if (fields === MAX_FIELDS) break;
  }
  return fields === 0 ? undefined : summary;
}

function byInterest(columns: readonly Column[]): Column[] {
  const isAsked = ({ name }: Column): boolean => ASKED_FIELD.test(name);
  return [...columns.filter(isAsked), ...columns.filter((column) => !isAsked(column))];
}

function countsOf({ categories }: Column, kept: ReadonlySet<number>, dropped: number): string | undefined {
  if (categories === undefined || categories.size < 2) return undefined;
  const counts: [string, number][] = [];
  let told = 0;
  for (const [literal, rows] of categories) {
    const count = rows.reduce((sum, row) => sum + (kept.has(row) ? 0 : 1), 0);
    if (count === 0) continue;
    const value = literal.startsWith('"') ? stringOfLiteral(literal) : literal;
    if (value.length > MAX_VALUE_CHARACTERS || /[,;\n]/.test(value)) return undefined;
    counts.push([value, count]);
    told += count;
  }
  if (counts.length > MAX_VALUES || told < dropped) return undefined;
  counts.sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  return counts.map(([value, count]) => `${value} ${String(count)}`).join(', ');
}
