import { type Detector, percent } from './detector.js';

const DELIMITERS: readonly [string, string][] = [
  ['\t', 'tabs'],
  [',', 'commas'],
  [';', 'semicolons'],
  ['|', 'bars'],
];
const MIN_ROWS = 3;
const MAX_ROWS = 120;
const MAX_CHARACTERS = 16_384;
const MIN_SHARE = 0.9;
const NAME = /^["']?[\p{L}_#@$][\p{L}\p{N}_ .()/%#$@:?&+'-]{0,60}["']?$/u;
const VALUE = /^["']?(?:[-+]?[\d.,:/ T%$€Z-]*\d[\d.,:/ T%$€Z-]*|true|false|null|n\/?a|)["']?$/i;
const STATEMENT =
  /^\s*(?:import|from|const|let|var|return|for|if|while|def|class|case|package|using|public|private|#include)\b|[{}]\s*$|^\s*(?:\/\/|\/\*|\* )/;

/** CSV and its kin: rows of equally many fields below a row of names. */
export const detectDelimitedRows: Detector = ({ raw, isNumbered }) => {
  const head = raw[0] ?? '';
  if (isNumbered || head.trimStart().startsWith('<')) return undefined;
  const text = head.slice(0, MAX_CHARACTERS);
  let best: { fields: number; share: number; name: string; rows: string[][] } | undefined;
  for (const [delimiter, name] of DELIMITERS) {
    const firstLine = text.slice(0, Math.max(0, text.indexOf('\n')));
    if (!firstLine.includes(delimiter)) continue;
    const rows = rowsOf(text, delimiter, text.length < head.length || raw.length > 1);
    const fields = rows[0]?.length ?? 0;
    const share = rows.filter((row) => row.length === fields).length / rows.length;
    if (rows.length < MIN_ROWS || fields < 2 || share < MIN_SHARE) continue;
    if (best === undefined || fields * share > best.fields * best.share) best = { fields, share, name, rows };
  }
  if (best === undefined || !looksTabular(best.rows, best.name)) return undefined;
  return {
    kind: 'csv',
    confidence: 0.9 + 0.1 * best.share,
    reason: `${percent(best.share)} of rows have ${best.fields} fields between ${best.name}`,
  };
};

/** The first row names columns; what stands below are short values, and not the statements of a program. */
function looksTabular(rows: readonly string[][], delimiter: string): boolean {
  const [names = [], ...others] = rows;
  if (names.some((name) => /^\s*[-:]{3,}\s*$/.test(name))) return false;
  const isNamed = names.every((name) => name.trim() === '' || NAME.test(name.trim())) && distinct(names);
  if (!isNamed || names.filter((name) => name.trim() !== '').length < names.length - 1) return false;
  if (names.filter((name) => VALUE.test(name.trim())).length > 1) return false;
  const lines = others.map((row) => row.join(delimiter === 'tabs' ? '\t' : ','));
  if (lines.filter((line) => STATEMENT.test(line)).length > lines.length * 0.1) return false;
  if (names.every((name) => /^["']?[A-Za-z]\w{0,40}["']?$/.test(name.trim()))) return true;
  const cells = others.flat();
  const words = names.join(' ').split(/\s+/).length;
  // A sentence with a comma on every line has long cells, and names of many words.
  if (words > names.length * 4) return false;
  const hasValues = cells.filter((cell) => VALUE.test(cell.trim())).length >= cells.length * 0.1;
  return hasValues || (names.length >= 3 && delimiter !== 'semicolons') || delimiter === 'tabs';
}

function distinct(names: readonly string[]): boolean {
  return new Set(names.map((name) => name.trim().toLowerCase())).size === names.length;
}

/** Rows as RFC 4180 has them: quoted fields may hold delimiters, doubled quotes and line ends. */
function rowsOf(text: string, delimiter: string, isCut: boolean): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at <= text.length && rows.length < MAX_ROWS; at++) {
    const character = text[at];
    if (isQuoted) {
      if (character === undefined) return rows;
      if (character === '"') {
        if (text[at + 1] === '"') at++;
        else isQuoted = false;
      }
      continue;
    }
    if (character === '"' && at === start) isQuoted = true;
    else if (character === delimiter || character === '\n' || character === undefined) {
      if (character === undefined && (isCut || (start === at && row.length === 0))) return rows;
      row.push(text.slice(start, at).replace(/\r$/, ''));
      start = at + 1;
      if (character === delimiter) continue;
      if (row.length > 1 || row[0]?.trim() !== '') rows.push(row);
      row = [];
    }
  }
  return rows;
}
