import { hasErrorWord } from '../../error-words.js';
import type { AskedLines } from './asked-lines.js';
import type { FoundLine, ParsedSearch } from './parse-search.js';

export interface CrushOptions {
  readonly maxResults: number;
  readonly preserveFileDiversity: boolean;
  readonly asked: AskedLines;
}

export interface CrushedSearch {
  readonly text: string;
  readonly hitsBefore: number;
  readonly hitsAfter: number;
}

/**
 * A list of hits is skimmed: beyond about this many characters only what was asked for stays. So many hits as too common
 * a pattern gives say even less, for the next thing is a narrower search.
 */
const SKIMMED_CHARACTERS = 3000;
const COMMON_HITS = 1000;
const COMMON_CHARACTERS = 1800;
/** How much of that may go to hits that the question is about without naming them. */
const RELATED_SHARE = 0.6;
/** Words of errors tell nothing where everything is about errors. */
const MAX_ERROR_SHARE = 0.2;
const ERROR_SHARE_OF_RESULTS = 0.2;
/** Minified files have lines of any length. */
const MAX_LINE_CHARACTERS = 400;
const MAX_NAMED_FILES = 6;
const MAX_OTHER_LINES = 5;

/** Hits that define what they name say more than those that use it. */
const DEFINITION =
  /^\s{0,40}(?:(?:export|default|public|private|protected|static|async|abstract|pub|unsafe|final) ){0,5}(?:def|class|function|func|fn|interface|struct|enum|trait|impl|type|module|record|const) /;

/** Hits and the context lines beside them. */
export function foundLines({ lines }: ParsedSearch): FoundLine[] {
  return lines.filter((line): line is FoundLine => line.kind !== 'other');
}

/** Tells a long list of hits by those that matter, grouped by file, and what was left out in one line. */
export function crushSearch(
  parsed: ParsedSearch,
  found: readonly FoundLine[],
  options: CrushOptions,
): CrushedSearch {
  const kept = chooseLines(found, options);
  const rows: string[] = [];
  let path = '';
  let hitsBefore = 0;
  let hitsAfter = 0;
  for (const [index, line] of found.entries()) {
    if (line.kind === 'hit') hitsBefore++;
    if (!kept.has(index)) continue;
    if (line.kind === 'hit') hitsAfter++;
    if (line.path !== path) rows.push(line.path);
    path = line.path;
    rows.push(rowOf(line));
  }
  rows.push(...otherLines(parsed));
  const rest = leftOut(found, kept);
  if (rest !== '') rows.push(rest);
  return { text: rows.join('\n'), hitsBefore, hitsAfter };
}

function rowOf({ kind, number, text }: FoundLine): string {
  const shown = text.length > MAX_LINE_CHARACTERS ? `${text.slice(0, MAX_LINE_CHARACTERS)}…` : text;
  return number === undefined ? shown : `${String(number)}${kind === 'hit' ? ':' : '-'}${shown}`;
}

/** What was asked for, both ends and errors first; then every file in turn. */
function chooseLines(found: readonly FoundLine[], options: CrushOptions): Set<number> {
  const kept = new Set<number>();
  const shown = new Set<string>();
  let characters = 0;
  const keep = (index: number | undefined): void => {
    const line = index === undefined ? undefined : found[index];
    if (index === undefined || line === undefined || kept.size >= options.maxResults || kept.has(index))
      return;
    kept.add(index);
    characters += Math.min(line.text.length, MAX_LINE_CHARACTERS) + 6;
    if (!shown.has(line.path)) characters += line.path.length;
    shown.add(line.path);
  };
  const hits = [...found.keys()].filter((index) => found[index]?.kind === 'hit');
  const limit = hits.length > COMMON_HITS ? COMMON_CHARACTERS : SKIMMED_CHARACTERS;
  for (const index of options.asked.named) keep(index);
  for (const index of options.asked.related) {
    if (characters >= limit * RELATED_SHARE || kept.size >= options.maxResults * RELATED_SHARE) break;
    keep(index);
  }
  keep(hits[0]);
  keep(hits[hits.length - 1]);
  for (const index of errorHits(found, hits, options.maxResults)) keep(index);
  for (const index of options.preserveFileDiversity ? fileByFile(found, hits) : hits) {
    if (characters >= limit || kept.size >= options.maxResults) break;
    keep(index);
  }
  return kept;
}

function errorHits(found: readonly FoundLine[], hits: readonly number[], most: number): number[] {
  const errors = hits.filter((index) => hasErrorWord(found[index]?.text.slice(0, MAX_LINE_CHARACTERS) ?? ''));
  if (errors.length > hits.length * MAX_ERROR_SHARE) return [];
  return errors.slice(0, Math.ceil(most * ERROR_SHARE_OF_RESULTS));
}

/** Every file's best hit, files with many hits first; then every file's second best, and so on. */
function fileByFile(found: readonly FoundLine[], hits: readonly number[]): number[] {
  const files = [...positionsByFile(found, hits).values()].sort(
    (a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0),
  );
  for (const positions of files) {
    const definition = positions.findIndex((index) =>
      DEFINITION.test(found[index]?.text.slice(0, 200) ?? ''),
    );
    if (definition > 0) positions.unshift(...positions.splice(definition, 1));
  }
  const order: number[] = [];
  for (let round = 0; files.length > 0; round++) {
    for (const positions of files) {
      const index = positions[round];
      if (index !== undefined) order.push(index);
    }
    while ((files[files.length - 1]?.length ?? Infinity) <= round + 1) files.pop();
  }
  return order;
}

function positionsByFile(found: readonly FoundLine[], positions: readonly number[]): Map<string, number[]> {
  const files = new Map<string, number[]>();
  for (const index of positions) {
    const path = found[index]?.path ?? '';
    const known = files.get(path);
    if (known === undefined) files.set(path, [index]);
    else known.push(index);
  }
  return files;
}

/** `Binary file x matches`, `grep: x: Permission denied`. */
function otherLines({ lines }: ParsedSearch): string[] {
  const told: string[] = [];
  for (const { kind, text } of lines) {
    if (kind !== 'other' || text.trim() === '' || text === '--') continue;
    told.push(text.slice(0, MAX_LINE_CHARACTERS));
    if (told.length === MAX_OTHER_LINES) break;
  }
  return told;
}

/** `… 37 more in 12 files: a.ts (14), b.ts (9), 10 other files (14)`. */
function leftOut(found: readonly FoundLine[], kept: ReadonlySet<number>): string {
  const rest = [...found.keys()].filter((index) => found[index]?.kind === 'hit' && !kept.has(index));
  if (rest.length === 0) return '';
  const files = [...positionsByFile(found, rest)].sort(([, a], [, b]) => b.length - a.length);
  const named = files.slice(0, MAX_NAMED_FILES).map(([path, { length }]) => `${path} (${String(length)})`);
  const others = files.slice(MAX_NAMED_FILES);
  const inOthers = others.reduce((sum, [, { length }]) => sum + length, 0);
  if (others.length > 0) named.push(`${counted(others.length, 'other file')} (${String(inOthers)})`);
  return `… ${String(rest.length)} more in ${counted(files.length, 'file')}: ${named.join(', ')}`;
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
