import type { LineRole } from './classify-lines.js';
import { BEGINS_BLOCK, LineSigns, Sign } from './line-signs.js';

/** Lines that belong together and are told together or not at all: a stack trace, or a message with its code frame. */
export interface LineBlock {
  readonly role: LineRole | 'trace' | 'failure';
  readonly start: number;
  /** The line after the last one. */
  readonly end: number;
}

/** Longer runs of continuation lines are no message with its frame but a listing. */
const MAX_FRAME_LINES = 60;

const PYTHON_CHAIN =
  /^\s*(?:During handling of the above exception|The above exception was the direct cause)/;
const TRACE_LINE = /^\s+\S|^\s*Caused by:|^\s*Suppressed:|^\s*\.{3} \d+ more|^\s*-{3} End of/;

/** What frames a message: gutters, carets, code after a line number, notes. */
const GUTTER = /^\s*(?:-->|=\s(?:note|help):|\d{1,7} [\s|]{0,4}\||[|│]|\.\.\.$|>?\s*\d{1,7} \|)/;
const FAILURE_SECTION = /^\s*={3,} (?:FAILURES|ERRORS|failures|Failures) ={3,}/;
const FAILURE_TITLE = /^\s*_{3,} .{1,200} _{3,}\s*$/;
const MAX_FAILURE_LINES = 120;
const STAMPED = /^\S{0,12}\s?\[?\d{1,4}[-/.:]\d{1,2}[-/.:]\d{1,4}/;

/**
 * Cuts a log into blocks, in order and without gaps; most are single lines.
 * @param classOf per line a class whose lines differ in their digits alone
 */
export function blocksOf(lines: readonly string[], classOf: Int32Array): LineBlock[] {
  const blocks: LineBlock[] = [];
  const signs = new LineSigns(lines, classOf);
  let inFailures = false;
  for (let start = 0; start < lines.length;) {
    if (signs.has(start, Sign.section)) inFailures = FAILURE_SECTION.test(signs.text(start));
    const { role, end } = blockAt(signs, start, inFailures);
    blocks.push({ role, start, end });
    start = end;
  }
  return blocks;
}

function blockAt(signs: LineSigns, start: number, inFailures: boolean): LineBlock {
  if (inFailures && FAILURE_TITLE.test(signs.text(start))) {
    return { role: 'failure', start, end: endOfFailure(signs, start) };
  }
  if (signs.has(start, BEGINS_BLOCK)) {
    const test = signs.has(start, Sign.failedTest) ? endOfFailedTest(signs, start) : start;
    if (test > start) return { role: 'failure', start, end: test };
    const trace = endOfTrace(signs, start);
    if (trace > start) return { role: 'trace', start, end: trace };
  }
  const role = signs.role(start);
  return { role, start, end: isMessage(role) ? endOfFrame(signs, start) : start + 1 };
}

function isMessage(role: LineRole): boolean {
  return role === 'diagnostic' || role === 'error' || role === 'warning';
}

/** A test's failure as its runner shows it, up to the next one. */
function endOfFailure(signs: LineSigns, start: number): number {
  let end = start + 1;
  while (end < signs.lines.length && !FAILURE_TITLE.test(signs.text(end)) && !signs.has(end, Sign.section))
    end++;
  return end;
}

/** A failed test below its name, as far as it is indented. */
function endOfFailedTest(signs: LineSigns, start: number): number {
  const limit = Math.min(signs.lines.length, start + MAX_FAILURE_LINES);
  let end = start + 1;
  let last = end;
  for (; end < limit; end++) {
    const line = signs.text(end);
    if (line.trim() === '') continue;
    if (indentOf(line) === 0 || signs.has(end, Sign.failedTest) || signs.role(end) === 'passed') break;
    last = end + 1;
  }
  return last;
}

/** The line after the trace that starts here, its first line being what was thrown; `start` where none does. */
function endOfTrace(signs: LineSigns, start: number): number {
  if (signs.has(start, Sign.pythonTrace)) return endOfPythonTrace(signs, start);
  if (signs.has(start, Sign.goTrace)) return endOfGoTrace(signs, start);
  if (signs.has(start, Sign.rustTrace)) return endOfRustTrace(signs, start);
  const isFrame = signs.has(start, Sign.frame);
  const first = isFrame ? start : signs.has(start, Sign.thrown) ? firstFrame(signs, start) : -1;
  return first < 0 ? start : endOfFrames(signs, first);
}

/** A thrown message may take a few lines before its first frame. */
function firstFrame(signs: LineSigns, start: number): number {
  for (let index = start + 1; index <= start + 4 && index < signs.lines.length; index++) {
    if (signs.has(index, Sign.frame)) return index;
    const line = signs.text(index);
    if (line === '' || signs.has(index, Sign.thrown) || STAMPED.test(line)) return -1;
  }
  return -1;
}

function endOfFrames(signs: LineSigns, first: number): number {
  let end = first + 1;
  while (end < signs.lines.length && TRACE_LINE.test(signs.text(end))) end++;
  return end;
}

function endOfPythonTrace(signs: LineSigns, start: number): number {
  let end = start;
  for (let next = start; signs.has(next, Sign.pythonTrace);) {
    end = endOfFrames(signs, next);
    // What was thrown, then perhaps the trace that it was thrown from.
    if (signs.text(end) !== '') end++;
    next = afterBlank(signs, end);
    if (!PYTHON_CHAIN.test(signs.text(next))) break;
    next = afterBlank(signs, next + 1);
  }
  return end;
}

function afterBlank(signs: LineSigns, index: number): number {
  return signs.text(index) === '' ? index + 1 : index;
}

function endOfGoTrace(signs: LineSigns, start: number): number {
  let end = start;
  for (let next = start; signs.has(next, Sign.goTrace); next = end + 1) {
    end = next + 1;
    while (end < signs.lines.length && signs.text(end) !== '' && !STAMPED.test(signs.text(end))) end++;
  }
  return Math.min(end, signs.lines.length);
}

function endOfRustTrace(signs: LineSigns, start: number): number {
  let end = start + 1;
  while (end < signs.lines.length && end < start + 8 && !signs.has(end, Sign.rustTrace)) {
    const line = signs.text(end);
    if (line === '' || STAMPED.test(line) || line.startsWith('note:')) break;
    end++;
  }
  if (!/^stack backtrace:/.test(signs.text(end)) && !/^stack backtrace:/.test(signs.text(start))) {
    return /^note: run with/.test(signs.text(end)) ? end + 1 : end;
  }
  return endOfFrames(signs, end);
}

/** The line after a message's frame: gutters, carets below code, and lines indented deeper than the message. */
function endOfFrame(signs: LineSigns, start: number): number {
  const indent = indentOf(signs.lines[start] ?? '');
  const isTitle = signs.text(start).endsWith(':');
  const limit = Math.min(signs.lines.length, start + MAX_FRAME_LINES);
  let end = start + 1;
  while (end < limit) {
    const line = signs.text(end);
    if (line.trim() === '') {
      // CMake parts its paragraphs, tsc its code; what follows a colon belongs to it.
      const belongs = isTitle && indentOf(signs.text(end + 1)) > indent;
      if (!belongs && !isCaretLine(signs.text(end + 2))) break;
      end++;
      continue;
    }
    const isFrame = GUTTER.test(line) || isCaretLine(line);
    const isBelow = indentOf(line) > indent || isCaretLine(signs.text(end + 1));
    if (!isFrame && !(isBelow && isFrameRole(signs.role(end)))) break;
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
  const marks = line.slice(start, index);
  const isMarked = marks.includes('^') || marks.includes('~');
  return isMarked && (index === line.length || line.charAt(index) === ' ');
}

/** A line with a role of its own is another message, not this one's frame. */
function isFrameRole(role: LineRole): boolean {
  return role === 'plain' || role === 'header' || role === 'progress';
}

function indentOf(line: string): number {
  let indent = 0;
  while (line.charCodeAt(indent) === 32 || line.charCodeAt(indent) === 9) indent++;
  return indent;
}
