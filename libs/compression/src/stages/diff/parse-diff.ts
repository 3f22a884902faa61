/** A hunk whose body is as long as its header says. */
export interface Hunk {
  readonly kind: 'hunk';
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  /** What follows the second `@@`, with the blank before it. */
  readonly section: string;
  /** The header's place among the lines, and the line after the body. */
  readonly start: number;
  readonly end: number;
}

/** Lines outside of hunks, and hunks that are cut off or of another kind. */
export interface OtherLines {
  readonly kind: 'other';
  readonly start: number;
  readonly end: number;
}

export type DiffPart = Hunk | OtherLines;

const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/;
const NO_NEWLINE = '\\';

/** Cuts a diff into whole hunks and what stands between them; the parts cover all lines in order. */
export function parseDiff(lines: readonly string[]): DiffPart[] {
  const parts: DiffPart[] = [];
  let otherStart = 0;
  for (let index = 0; index < lines.length;) {
    const hunk = hunkAt(lines, index);
    if (hunk === undefined) {
      index++;
      continue;
    }
    if (index > otherStart) parts.push({ kind: 'other', start: otherStart, end: index });
    parts.push(hunk);
    index = hunk.end;
    otherStart = index;
  }
  if (lines.length > otherStart) parts.push({ kind: 'other', start: otherStart, end: lines.length });
  return parts;
}

function hunkAt(lines: readonly string[], start: number): Hunk | undefined {
  const header = lines[start] ?? '';
  if (!header.startsWith('@@ -')) return undefined;
  const [matched, oldStart, oldCount = '1', newStart, newCount = '1'] = HUNK.exec(header) ?? [];
  if (matched === undefined) return undefined;
  let oldLeft = Number(oldCount);
  let newLeft = Number(newCount);
  let end = start + 1;
  while (oldLeft > 0 || newLeft > 0) {
    const line = lines[end];
    if (line === undefined) return undefined;
    const mark = line.charAt(0);
    if (mark !== '+' && mark !== NO_NEWLINE) oldLeft--;
    if (mark !== '-' && mark !== NO_NEWLINE) newLeft--;
    if (!isBodyMark(mark) || oldLeft < 0 || newLeft < 0) return undefined;
    end++;
  }
  if (lines[end]?.startsWith(NO_NEWLINE) === true) end++;
  return {
    kind: 'hunk',
    oldStart: Number(oldStart),
    oldCount: Number(oldCount),
    newStart: Number(newStart),
    newCount: Number(newCount),
    section: header.slice(matched.length),
    start,
    end,
  };
}

/** A context line without its blank is an empty line: some mailers and editors cut blanks at the end of a line. */
export function isBodyMark(mark: string): boolean {
  return mark === ' ' || mark === '+' || mark === '-' || mark === NO_NEWLINE || mark === '';
}

/** A line's change: `+`, `-`, or a blank where it only stands beside one. */
export function isChange(line: string): boolean {
  return line.startsWith('+') || line.startsWith('-');
}

/** The hunk's header in full; a side without lines is named by the line before it. */
export function hunkHeader(
  oldFirst: number,
  oldCount: number,
  newFirst: number,
  newCount: number,
  section: string,
): string {
  return `@@ -${range(oldFirst, oldCount)} +${range(newFirst, newCount)} @@${section}`;
}

function range(first: number, count: number): string {
  if (count === 1) return String(first);
  return `${String(count === 0 ? first - 1 : first)},${String(count)}`;
}

/** The first line that a side of a hunk is about, or would be where it has none. */
export function firstLine(start: number, count: number): number {
  return count === 0 ? start + 1 : start;
}
