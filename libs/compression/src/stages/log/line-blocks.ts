import { LINE_CHARACTERS, type LineRole, roleOfLine } from './classify-lines.js';

/** Lines that belong together and are told together or not at all: a stack trace, or a message with its code frame. */
export interface LineBlock {
  readonly role: LineRole | 'trace' | 'failure';
  readonly start: number;
  /** The line after the last one. */
  readonly end: number;
}

/** Longer runs of continuation lines are no message with its frame but a listing. */
const MAX_FRAME_LINES = 60;

const PYTHON_TRACE = /^\s*(?:\+ )?(?:Exception Group )?Traceback \(most recent call last\)/;
const PYTHON_CHAIN =
  /^\s*(?:During handling of the above exception|The above exception was the direct cause)/;
const GO_TRACE = /^(?:panic: |fatal error: |goroutine \d+ \[)/;
const RUST_TRACE = /^\s*thread '.{1,100}' panicked|^stack backtrace:/;
const FRAME = /^\s{1,16}at \S|^\s*Caused by:|^\s{1,8}\.{3} \d+ (?:more|common frames)/;
const TRACE_LINE = /^\s+\S|^\s*Caused by:|^\s*Suppressed:|^\s*\.{3} \d+ more|^\s*-{3} End of/;
const THROWN = /(?:Exception|Error|Throwable|Panic|Fault)\b|\bpanicked\b|^\s*Stack ?trace:|^Unhandled /;

/** What frames a message: gutters, carets, code after a line number, notes. */
const GUTTER = /^\s*(?:-->|=\s(?:note|help):|\d{1,7} [\s|]{0,4}\||[|│]|\.\.\.$|>?\s*\d{1,7} \|)/;
const FAILURE_SECTION = /^\s*={3,} (?:FAILURES|ERRORS|failures|Failures) ={3,}/;
const FAILURE_TITLE = /^\s*_{3,} .{1,200} _{3,}\s*$/;
/** Jest and Vitest mark a failed test with a dot, Mocha and RSpec number it. */
const FAILED_TEST = /^\s{0,8}● \S|^\s{1,12}\d{1,4}\) \S/;
const MAX_FAILURE_LINES = 120;
const SECTION = /^\s*={3,}/;
const STAMPED = /^\S{0,12}\s?\[?\d{1,4}[-/.:]\d{1,2}[-/.:]\d{1,4}/;

/** Cuts a log into blocks, in order and without gaps; most are single lines. */
export function blocksOf(lines: readonly string[]): LineBlock[] {
  const blocks: LineBlock[] = [];
  const role = (index: number): LineRole => roleOfLine(lines[index] ?? '');
  let inFailures = false;
  for (let start = 0; start < lines.length;) {
    const line = textAt(lines, start);
    if (SECTION.test(line)) inFailures = FAILURE_SECTION.test(line);
    let end = start;
    if (inFailures && FAILURE_TITLE.test(line)) end = endOfFailure(lines, start);
    else if (FAILED_TEST.test(line)) end = endOfFailedTest(lines, start);
    if (end > start) {
      blocks.push({ role: 'failure', start, end });
      start = end;
      continue;
    }
    end = endOfTrace(lines, start);
    if (end > start) {
      blocks.push({ role: 'trace', start, end });
      start = end;
      continue;
    }
    const own = role(start);
    end = isMessage(own) ? endOfFrame(lines, start) : start + 1;
    blocks.push({ role: own, start, end });
    start = end;
  }
  return blocks;
}

function isMessage(role: LineRole): boolean {
  return role === 'diagnostic' || role === 'error' || role === 'warning';
}

function textAt(lines: readonly string[], index: number): string {
  const line = lines[index] ?? '';
  return line.length > LINE_CHARACTERS ? line.slice(0, LINE_CHARACTERS) : line;
}

/** A test's failure as its runner shows it, up to the next one. */
function endOfFailure(lines: readonly string[], start: number): number {
  let end = start + 1;
  while (end < lines.length && !FAILURE_TITLE.test(textAt(lines, end)) && !SECTION.test(textAt(lines, end)))
    end++;
  return end;
}

/** A failed test below its name, as far as it is indented. */
function endOfFailedTest(lines: readonly string[], start: number): number {
  const limit = Math.min(lines.length, start + MAX_FAILURE_LINES);
  let end = start + 1;
  let last = end;
  for (; end < limit; end++) {
    const line = textAt(lines, end);
    if (line.trim() === '') continue;
    if (indentOf(line) === 0 || FAILED_TEST.test(line) || roleOfLine(line) === 'passed') break;
    last = end + 1;
  }
  return last;
}

/** The line after the trace that starts here, its first line being what was thrown; `start` where none does. */
function endOfTrace(lines: readonly string[], start: number): number {
  const line = textAt(lines, start);
  if (PYTHON_TRACE.test(line)) return endOfPythonTrace(lines, start);
  if (GO_TRACE.test(line)) return endOfGoTrace(lines, start);
  if (RUST_TRACE.test(line)) return endOfRustTrace(lines, start);
  const first = FRAME.test(line) ? start : THROWN.test(line) ? firstFrame(lines, start) : -1;
  return first < 0 ? start : endOfFrames(lines, first);
}

/** A thrown message may take a few lines before its first frame. */
function firstFrame(lines: readonly string[], start: number): number {
  for (let index = start + 1; index <= start + 4 && index < lines.length; index++) {
    const line = textAt(lines, index);
    if (FRAME.test(line)) return index;
    if (line === '' || THROWN.test(line) || STAMPED.test(line)) return -1;
  }
  return -1;
}

function endOfFrames(lines: readonly string[], first: number): number {
  let end = first + 1;
  while (end < lines.length && TRACE_LINE.test(textAt(lines, end))) end++;
  return end;
}

function endOfPythonTrace(lines: readonly string[], start: number): number {
  let end = start;
  for (let next = start; PYTHON_TRACE.test(textAt(lines, next));) {
    end = endOfFrames(lines, next);
    // What was thrown, then perhaps the trace that it was thrown from.
    if (textAt(lines, end) !== '') end++;
    next = afterBlank(lines, end);
    if (!PYTHON_CHAIN.test(textAt(lines, next))) break;
    next = afterBlank(lines, next + 1);
  }
  return end;
}

function afterBlank(lines: readonly string[], index: number): number {
  return textAt(lines, index) === '' ? index + 1 : index;
}

function endOfGoTrace(lines: readonly string[], start: number): number {
  let end = start;
  for (let next = start; GO_TRACE.test(textAt(lines, next)); next = end + 1) {
    end = next + 1;
    while (end < lines.length && textAt(lines, end) !== '' && !STAMPED.test(textAt(lines, end))) end++;
  }
  return Math.min(end, lines.length);
}

function endOfRustTrace(lines: readonly string[], start: number): number {
  let end = start + 1;
  while (end < lines.length && end < start + 8 && !RUST_TRACE.test(textAt(lines, end))) {
    const line = textAt(lines, end);
    if (line === '' || STAMPED.test(line) || line.startsWith('note:')) break;
    end++;
  }
  if (!/^stack backtrace:/.test(textAt(lines, end)) && !/^stack backtrace:/.test(textAt(lines, start))) {
    return /^note: run with/.test(textAt(lines, end)) ? end + 1 : end;
  }
  return endOfFrames(lines, end);
}

/** The line after a message's frame: gutters, carets below code, and lines indented deeper than the message. */
function endOfFrame(lines: readonly string[], start: number): number {
  const indent = indentOf(lines[start] ?? '');
  const isTitle = textAt(lines, start).endsWith(':');
  const limit = Math.min(lines.length, start + MAX_FRAME_LINES);
  let end = start + 1;
  while (end < limit) {
    const line = textAt(lines, end);
    if (line.trim() === '') {
      // CMake parts its paragraphs, tsc its code; what follows a colon belongs to it.
      const belongs = isTitle && indentOf(textAt(lines, end + 1)) > indent;
      if (!belongs && !isCaretLine(textAt(lines, end + 2))) break;
      end++;
      continue;
    }
    const isFrame = GUTTER.test(line) || isCaretLine(line);
    const isBelow = indentOf(line) > indent || isCaretLine(textAt(lines, end + 1));
    if (!isFrame && !(isBelow && isFrameCode(line))) break;
    end++;
  }
  return end;
}

/** `    ^~~~`, perhaps behind a gutter and before a note. */
function isCaretLine(line: string): boolean {
  let index = 0;
  while (index < line.length && ' \t|'.includes(line.charAt(index))) index++;
  const start = index;
  while (index < line.length && '^~-'.includes(line.charAt(index))) index++;
  const signs = line.slice(start, index);
  const isMarked = signs.includes('^') || signs.includes('~');
  return isMarked && (index === line.length || line.charAt(index) === ' ');
}

/** A line with a role of its own is another message, not this one's frame. */
function isFrameCode(line: string): boolean {
  const role = roleOfLine(line);
  return role === 'plain' || role === 'header' || role === 'progress';
}

function indentOf(line: string): number {
  let indent = 0;
  while (line.charCodeAt(indent) === 32 || line.charCodeAt(indent) === 9) indent++;
  return indent;
}
