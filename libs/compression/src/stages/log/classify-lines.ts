import { hasErrorWord } from '../../error-words.js';

/** What a line is to a reader of a log; `trace` lines belong to the stack trace around them. */
export type LineRole = 'error' | 'warning' | 'trace' | 'summary' | 'header' | 'passed' | 'plain';

const LINE_CHARACTERS = 2000;
const ERROR_SIGN =
  /^\s*(?:E\s{2,}|not ok\b|npm ERR!|✗|✘|×|FAIL\b)|\bFAIL(?:ED|URE)?\b|\b(?:SEVERE|EMERG)\b|\bexit(?:ed)? (?:code|status|with)[: ]+[1-9]/;
const WARNING = /\bwarn(?:ing)?s?\b|\bdeprecated\b/i;
const NO_ERRORS = /\b(?:0|no) (?:errors?|failures?|failed)\b/i;
const SUMMARY =
  /\b\d+ (?:tests?|specs?|examples?|passed|passing|failed|failing|pending|skipped|errors?|warnings?|problems?|failures?)\b|^(?:Tests?|Test Suites|Snapshots|Time|Ran all|Duration|Total|Finished|Summary|Results?)\b.{0,80}\d|Tests run:|BUILD (?:SUCCESS|SUCCESSFUL|FAILURE|FAILED)|\b(?:added|removed|audited|changed) \d+ packages?\b/;
const HEADER = /^\s*(?:={3,}|-{4,}|#{1,6} |\*{3,}|_{5,}|>{2,}|\[INFO\] -{3,})/;
const PASSED = /\bPASSED\b|^\s*(?:PASS\b|ok\b|✓|✔|√)/;
const TRACE_START =
  /^\s*Traceback \(most recent call last\)|^\s{1,16}at \S+|^\s*Caused by:|^goroutine \d+ \[|^stack backtrace:|^\s*Stack ?trace:|^thread '.{1,100}' panicked/i;
const TRACE_LINE = /^\s{2,}|^\t|^\s*Caused by:|^\s*\.\.\. \d+ more|^$/;
const PYTHON_TRACE = /^\s*Traceback \(most recent call last\)/;

/** Gives each line its role. */
export function classifyLines(lines: readonly string[]): LineRole[] {
  const roles = lines.map((line) => roleOf(line.slice(0, LINE_CHARACTERS)));
  for (let index = 0; index < lines.length; index++) {
    if (TRACE_START.test(lines[index]?.slice(0, LINE_CHARACTERS) ?? ''))
      index = markTrace(lines, roles, index);
  }
  return roles;
}

function roleOf(line: string): LineRole {
  if (HEADER.test(line)) return 'header';
  const isClean = NO_ERRORS.test(line);
  if (SUMMARY.test(line)) return 'summary';
  if (!isClean && (hasErrorWord(line) || ERROR_SIGN.test(line))) return 'error';
  if (WARNING.test(line)) return 'warning';
  return PASSED.test(line) ? 'passed' : 'plain';
}

/** A trace is its first line, what is indented below it, and in Python the exception that closes it. */
function markTrace(lines: readonly string[], roles: LineRole[], start: number): number {
  const isPython = PYTHON_TRACE.test(lines[start] ?? '');
  roles[start] = 'trace';
  let end = start + 1;
  while (end < lines.length && lines[end] !== '' && TRACE_LINE.test(lines[end] ?? '')) end++;
  if (isPython && end < lines.length) end++;
  for (let index = start; index < end; index++) roles[index] = 'trace';
  return end - 1;
}
