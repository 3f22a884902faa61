import type { LosslessForm } from '../../lossless-form.js';
import { foldHeader, unfoldHeader } from './fold-header.js';
import { type DiffPart, type Hunk, firstLine, hunkHeader, isBodyMark, parseDiff } from './parse-diff.js';

/**
 * The first line of the form. Files are named by folded headers, hunks by `@` and the line that they start at in the
 * old file: their lengths are those of their bodies, and the new file's lines follow from the hunks above.
 */
export const DIFF_HEADER =
  '[diff, headers folded: "= a..b path" = file and index, "@9 x" = hunk at old line 9, | = verbatim]';
const VERBATIM = '|';
const RESERVED = ['@', '=', VERBATIM];

/** Writes a diff with its headers folded; every body line stays. {@link decodeLosslessDiff} gives back the text. */
export function encodeLosslessDiff(
  lines: readonly string[],
  parts: readonly DiffPart[] = parseDiff(lines),
): string {
  const out = [DIFF_HEADER];
  let shift = 0;
  let isAfterHunk = false;
  for (const part of parts) {
    if (part.kind === 'hunk') {
      out.push(hunkRow(part, shift, lines[part.start] ?? ''));
      for (let index = part.start + 1; index < part.end; index++) out.push(lines[index] ?? '');
      shift += part.newCount - part.oldCount;
      isAfterHunk = true;
      continue;
    }
    for (let index = part.start; index < part.end;) {
      const folded = foldHeader(lines, index);
      const line = lines[index] ?? '';
      if (folded !== undefined && index + folded.lines <= part.end) {
        out.push(folded.row);
        shift = 0;
        index += folded.lines;
      } else {
        const mark = line.charAt(0);
        const isMistakable = RESERVED.includes(mark) || (isAfterHunk && isBodyMark(mark));
        out.push(isMistakable ? VERBATIM + line : line);
        if (startsFile(line)) shift = 0;
        index++;
      }
      isAfterHunk = false;
    }
  }
  return out.join('\n');
}

function startsFile(line: string): boolean {
  return line.startsWith('diff ') || line.startsWith('--- ');
}

/** `@52 fn main`, or the whole header where it says something else than its body. */
function hunkRow(hunk: Hunk, shift: number, header: string): string {
  const { oldStart, oldCount, newCount, section } = hunk;
  const first = firstLine(oldStart, oldCount);
  const isUsual = section === '' || section.startsWith(' ');
  return isUsual && header === hunkHeader(first, oldCount, first + shift, newCount, section)
    ? `@${String(first)}${section}`
    : header;
}

/** The inverse of {@link encodeLosslessDiff}. */
export function decodeLosslessDiff(encoded: string): string {
  const rows = encoded.split('\n');
  const out: string[] = [];
  let shift = 0;
  for (let index = 1; index < rows.length;) {
    const row = rows[index] ?? '';
    index++;
    if (row.startsWith('@')) {
      const end = endOfBody(rows, index);
      const body = rows.slice(index, end);
      const oldCount = countMarks(body, '+');
      const newCount = countMarks(body, '-');
      const [matched, line] = /^@(\d+)/.exec(row) ?? [];
      const first = Number(line);
      if (matched === undefined) out.push(row);
      else out.push(hunkHeader(first, oldCount, first + shift, newCount, row.slice(matched.length)));
      for (const each of body) out.push(each);
      shift += newCount - oldCount;
      index = end;
      continue;
    }
    const lines = row.startsWith('=') ? (unfoldHeader(row) ?? [row]) : [rawLine(row)];
    if (row.startsWith('=') || startsFile(lines[0] ?? '')) shift = 0;
    out.push(...lines);
  }
  return out.join('\n');
}

function rawLine(row: string): string {
  return row.startsWith(VERBATIM) ? row.slice(1) : row;
}

function endOfBody(rows: readonly string[], start: number): number {
  let end = start;
  while (end < rows.length && isBodyMark(rows[end]?.charAt(0) ?? '@')) end++;
  return end;
}

/** How many lines of a body are on the side that `other` does not mark. */
function countMarks(body: readonly string[], other: '+' | '-'): number {
  return body.reduce(
    (count, line) => (line.startsWith(other) || line.startsWith('\\') ? count : count + 1),
    0,
  );
}

export const diffForm: LosslessForm = {
  isWritten: (text) => text.startsWith(DIFF_HEADER),
  decode: decodeLosslessDiff,
};
