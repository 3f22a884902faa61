/** A line of a file that was found (`hit`) or stands beside one (`context`). */
export interface FoundLine {
  readonly kind: 'hit' | 'context';
  readonly path: string;
  /** Without `-n`, or written in an unusual way, there is none. */
  readonly number: number | undefined;
  readonly text: string;
}

export interface OtherLine {
  readonly kind: 'other';
  readonly text: string;
}

export type SearchLine = FoundLine | OtherLine;

export interface ParsedSearch {
  readonly lines: readonly SearchLine[];
  /** True where each file is named once above its lines, as ripgrep does on a terminal. */
  readonly hasHeadings: boolean;
}

/** Longer paths are not looked for; it keeps the cost of long lines flat. */
const PATH_CHARACTERS = 400;
const MAX_DIGITS = 8;
/** Below this share of numbered lines, lines are taken for `path:text`. */
const NUMBERED_SHARE = 0.5;

/** Reads the output of grep, ripgrep, ag and their kin; lines that say nothing of a file are `other`. */
export function parseSearch(text: string): ParsedSearch {
  const raw = text.split('\n');
  const headed = parseHeaded(raw);
  if (headed !== undefined) return { lines: headed, hasHeadings: true };
  const numbered = parseNumbered(raw);
  const found = numbered.reduce((count, { kind }) => (kind === 'other' ? count : count + 1), 0);
  if (found >= raw.length * NUMBERED_SHARE) return { lines: numbered, hasHeadings: false };
  const unnumbered = parseUnnumbered(raw);
  return { lines: unnumbered ?? numbered, hasHeadings: false };
}

/** `path:12:text` and `path-12-text`; where several readings fit, the path that has most hits wins. */
function parseNumbered(raw: readonly string[]): SearchLine[] {
  const hitsOf = new Map<string, number>();
  for (const line of raw) {
    const split = splitAt(line, ':', afterDrive(line));
    if (split !== undefined) hitsOf.set(split.path, (hitsOf.get(split.path) ?? 0) + 1);
  }
  const lines: SearchLine[] = [];
  let above = '';
  for (const line of raw) {
    const found = continued(line, above) ?? bestReading(line, hitsOf);
    lines.push(found ?? { kind: 'other', text: line });
    if (found !== undefined) above = found.path;
  }
  return lines;
}

/** Most lines are about the same file as the line above. */
function continued(line: string, path: string): FoundLine | undefined {
  if (path === '' || !line.startsWith(path)) return undefined;
  const separator = line.charAt(path.length);
  if (separator !== ':' && separator !== '-') return undefined;
  const split = splitAt(line, separator, path.length);
  return split?.path === path ? split : undefined;
}

function bestReading(line: string, hitsOf: ReadonlyMap<string, number>): FoundLine | undefined {
  const start = afterDrive(line);
  let best = splitAt(line, ':', start);
  let most = best === undefined ? 0 : (hitsOf.get(best.path) ?? 0);
  let from = start;
  for (let tries = 0; tries < 8; tries++) {
    const split = splitAt(line, '-', from);
    if (split === undefined) break;
    const hits = hitsOf.get(split.path) ?? 0;
    if (hits > most) {
      best = split;
      most = hits;
    }
    from = split.path.length + 1;
  }
  return best;
}

/** The first place from `from` on where a number stands between two separators, with a path before it. */
function splitAt(line: string, separator: ':' | '-', from: number): FoundLine | undefined {
  let at = line.indexOf(separator, Math.max(from, 1));
  while (at >= 0 && at <= PATH_CHARACTERS) {
    const end = endOfNumber(line, at + 1);
    if (end > at + 1 && line.charAt(end) === separator) {
      return {
        kind: separator === ':' ? 'hit' : 'context',
        path: line.slice(0, at),
        number: Number(line.slice(at + 1, end)),
        text: line.slice(end + 1),
      };
    }
    at = line.indexOf(separator, at + 1);
  }
  return undefined;
}

/** Where the number that starts at `start` ends; `start` itself where there is none, or one with a zero before it. */
function endOfNumber(line: string, start: number): number {
  if (line.charAt(start) === '0') return start;
  let end = start;
  while (end - start < MAX_DIGITS && isDigit(line.charCodeAt(end))) end++;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The colon of `C:\` and `C:/` is part of the path. */
function afterDrive(line: string): number {
  const slash = line.charAt(2);
  return line.charAt(1) === ':' && (slash === '\\' || slash === '/') ? 2 : 0;
}

const PATH = /^[^\s:"'<>|*?(){}[\]=,;](?:[^\n:"'<>|*?(){}=,;]{0,398}[^\s:"'<>|*?(){}[\]=,;.])?$/;

/** A name with a directory or an ending, and nothing that hardly stands in names. */
function looksLikePath(text: string): boolean {
  const name = afterDrive(text) > 0 ? text.slice(2) : text;
  return PATH.test(name) && /[\\/]|\.[A-Za-z0-9_]{1,12}$/.test(name) && !name.includes('  ');
}

/** `path:text`, where nearly all lines begin with something that looks like a path. */
function parseUnnumbered(raw: readonly string[]): SearchLine[] | undefined {
  const lines: SearchLine[] = [];
  let found = 0;
  let filled = 0;
  for (const line of raw) {
    if (line.trim() !== '') filled++;
    const colon = line.indexOf(':', afterDrive(line));
    const path = colon > 0 && colon <= PATH_CHARACTERS ? line.slice(0, colon) : '';
    if (path !== '' && looksLikePath(path)) {
      lines.push({ kind: 'hit', path, number: undefined, text: line.slice(colon + 1) });
      found++;
    } else lines.push({ kind: 'other', text: line });
  }
  return found >= filled * 0.8 ? lines : undefined;
}

/** A line that names a file, then its lines as `12:text` and `12-text`, then a blank line. */
function parseHeaded(raw: readonly string[]): SearchLine[] | undefined {
  const lines: SearchLine[] = [];
  let path: string | undefined;
  for (let index = 0; index < raw.length; index++) {
    const line = raw[index] ?? '';
    const found = path === undefined ? undefined : headedLine(line, path);
    if (found !== undefined) {
      lines.push(found);
      continue;
    }
    const isOther = line === '--' && path !== undefined;
    if (isOther || (line === '' && index === raw.length - 1)) {
      lines.push({ kind: 'other', text: line });
      continue;
    }
    const isFirst = index === 0;
    const heading = isFirst ? line : raw[index + 1];
    const next = raw[index + (isFirst ? 1 : 2)];
    if ((!isFirst && line !== '') || heading === undefined || next === undefined) return undefined;
    if (
      heading === '' ||
      heading === path ||
      heading.length > PATH_CHARACTERS ||
      headedLine(next, heading) === undefined
    )
      return undefined;
    if (isDigit(heading.charCodeAt(0)) && !looksLikePath(heading)) return undefined;
    path = heading;
    if (!isFirst) index++;
  }
  return lines.some(({ kind }) => kind === 'hit') ? lines : undefined;
}

function headedLine(line: string, path: string): FoundLine | undefined {
  const end = endOfNumber(line, 0);
  const separator = line.charAt(end);
  if (end === 0 || (separator !== ':' && separator !== '-')) return undefined;
  const kind = separator === ':' ? 'hit' : 'context';
  return { kind, path, number: Number(line.slice(0, end)), text: line.slice(end + 1) };
}
