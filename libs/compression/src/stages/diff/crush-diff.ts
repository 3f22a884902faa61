import { type DiffPart, type Hunk, firstLine, hunkHeader, isChange } from './parse-diff.js';

export interface CrushDiffOptions {
  /** Unchanged lines kept on each side of a change. */
  readonly contextLines: number;
  /** False leaves out in which function a hunk is. */
  readonly namesSections: boolean;
  /** Hunks by their place among the parts that stay as they are, because the question is about them. */
  readonly asked: ReadonlySet<number>;
}

/**
 * A new header costs about as much as this many characters of context: fewer between two changes stay.
 */
const HEADER_CHARACTERS = 45;
const HAS_WORD = /[\p{L}\p{N}]{4}/u;
/** A section says in which function a hunk is; its beginning is enough. */
const SECTION_CHARACTERS = 24;
const LONG_CHANGE = 8;
const GIT_HEADER = 'diff --git ';
/** What git says of contents by their hashes, of no use without the repository; binary patches need it. */
const INDEX = /^index [0-9a-f]{4,64}\.\.[0-9a-f]{4,64}(?: \d{6})?\r?$/;
/** What a diff means where it says nothing of it. */
const USUAL_MODE = /^(?:new|deleted) file mode 100644\r?$/;
const BINARY_PATCH = 'GIT binary patch';

/**
 * Writes a diff with less context: every changed line stays byte for byte, context as far as asked for and only where
 * it says something, and the hunks' headers are those of what is left, so that it is a diff still.
 */
export function crushDiff(
  lines: readonly string[],
  parts: readonly DiffPart[],
  options: CrushDiffOptions,
): string[] {
  const out: string[] = [];
  let section = '';
  for (const [position, part] of parts.entries()) {
    if (part.kind === 'other') {
      copyOther(lines, part.start, part.end, out);
      section = '';
    } else if (options.asked.has(position)) copy(lines, part.start, part.end, out);
    else {
      const isNamed = options.namesSections && part.section !== section;
      narrow(lines, part, options.contextLines, isNamed ? part.section : '', out);
      section = part.section;
    }
  }
  return out;
}

function copy(lines: readonly string[], start: number, end: number, out: string[]): void {
  for (let index = start; index < end; index++) out.push(lines[index] ?? '');
}

function copyOther(lines: readonly string[], start: number, end: number, out: string[]): void {
  for (let index = start; index < end; index++) {
    const line = lines[index] ?? '';
    if (line.startsWith(GIT_HEADER)) index = gitHeader(lines, index, end, out) - 1;
    else out.push(line);
  }
}

/** Writes what a file's header says beside its two names; gives the line after what was read. */
function gitHeader(lines: readonly string[], start: number, end: number, out: string[]): number {
  let next = start + 1;
  let isWhole = false;
  let isBinary = false;
  const said: string[] = [];
  for (; next < end; next++) {
    const line = lines[next] ?? '';
    if (line.startsWith('--- ') || line.startsWith(GIT_HEADER) || line === '') break;
    if (line.startsWith(BINARY_PATCH)) isBinary = true;
    if (!INDEX.test(line) && !USUAL_MODE.test(line)) isWhole = true;
    said.push(line);
  }
  const hasNames = lines[next]?.startsWith('--- ') === true && lines[next + 1]?.startsWith('+++ ') === true;
  if (isBinary) copy(lines, start, next, out);
  else if (isWhole || !hasNames) {
    out.push(lines[start] ?? '');
    for (const line of said) if (!INDEX.test(line)) out.push(line);
  }
  return next;
}

/** A stretch of a hunk that stays, half-open. */
interface Stretch {
  start: number;
  end: number;
}

function narrow(
  lines: readonly string[],
  hunk: Hunk,
  contextLines: number,
  section: string,
  out: string[],
): void {
  const stretches = keptStretches(lines, hunk, contextLines);
  let oldLine = firstLine(hunk.oldStart, hunk.oldCount);
  let newLine = firstLine(hunk.newStart, hunk.newCount);
  let index = hunk.start + 1;
  for (const [number, { start, end }] of stretches.entries()) {
    for (; index < start; index++) {
      // All that lies between is context.
      if (lines[index]?.startsWith('\\') === true) continue;
      oldLine++;
      newLine++;
    }
    let oldCount = 0;
    let newCount = 0;
    for (; index < end; index++) {
      const mark = lines[index]?.charAt(0);
      if (mark === '\\') continue;
      if (mark !== '+') oldCount++;
      if (mark !== '-') newCount++;
    }
    // The section names what stands above the hunk's first line.
    out.push(hunkHeader(oldLine, oldCount, newLine, newCount, number === 0 ? shortened(section) : ''));
    copy(lines, start, end, out);
    oldLine += oldCount;
    newLine += newCount;
  }
}

function shortened(section: string): string {
  return section.length > SECTION_CHARACTERS ? section.slice(0, SECTION_CHARACTERS).trimEnd() : section;
}

/** The changes with their context; stretches that a header would not be shorter than what it leaves out are one. */
function keptStretches(lines: readonly string[], hunk: Hunk, contextLines: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (let index = hunk.start + 1; index < hunk.end; index++) {
    if (!isChange(lines[index] ?? '')) continue;
    let end = index + 1;
    while (end < hunk.end && belongsToChange(lines[end] ?? '')) end++;
    addStretch(stretches, lines, withContext(lines, hunk, index, end, contextLines));
    index = end - 1;
  }
  return stretches;
}

/** What says that a line has no end follows that line. */
function belongsToChange(line: string): boolean {
  return isChange(line) || line.startsWith('\\');
}

function withContext(
  lines: readonly string[],
  hunk: Hunk,
  changeStart: number,
  changeEnd: number,
  contextLines: number,
): Stretch {
  let start = changeStart;
  let end = changeEnd;
  const { before, after } = contextAround(lines, changeStart, changeEnd, contextLines);
  for (let kept = 0; kept < before && isContext(lines[start - 1], start - 1 > hunk.start); kept++) start--;
  for (let kept = 0; kept < after && isContext(lines[end], end < hunk.end); kept++) end++;
  while (start < changeStart && !HAS_WORD.test(lines[start] ?? '')) start++;
  while (end > changeEnd && !HAS_WORD.test(lines[end - 1] ?? '')) end--;
  if (end > changeEnd && end < hunk.end && lines[end]?.startsWith('\\') === true) end++;
  return { start, end };
}

/** What was replaced shows by its old lines where it is, and so does a long change: they need less beside them. */
function contextAround(
  lines: readonly string[],
  start: number,
  end: number,
  contextLines: number,
): { before: number; after: number } {
  if (end - start >= LONG_CHANGE)
    return { before: Math.floor(contextLines / 2), after: Math.floor(contextLines / 2) };
  const isReplacement = lines[start]?.startsWith('-') === true && lines[end - 1]?.startsWith('+') === true;
  return { before: contextLines, after: isReplacement ? Math.floor(contextLines / 2) : contextLines };
}

function isContext(line: string | undefined, isInside: boolean): boolean {
  return isInside && line !== undefined && !isChange(line) && !line.startsWith('\\');
}

function addStretch(stretches: Stretch[], lines: readonly string[], next: Stretch): void {
  const last = stretches[stretches.length - 1];
  if (last !== undefined && charactersBetween(lines, last.end, next.start) <= HEADER_CHARACTERS)
    last.end = next.end;
  else stretches.push(next);
}

function charactersBetween(lines: readonly string[], start: number, end: number): number {
  let characters = 0;
  for (let index = start; index < end && characters <= HEADER_CHARACTERS; index++)
    characters += (lines[index]?.length ?? 0) + 3;
  return characters;
}
