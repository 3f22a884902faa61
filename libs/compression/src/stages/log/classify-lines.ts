import { hasErrorWord } from '../../error-words.js';

/** What a line is to a reader of a log. */
export type LineRole =
  'diagnostic' | 'error' | 'warning' | 'summary' | 'header' | 'passed' | 'progress' | 'plain';

/** A line is judged by its beginning. */
export const LINE_CHARACTERS = 1000;

/** A time and what a build server writes before the tool's own words. */
const STAMP = /^(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]{0,10}Z?\]? |\[?\d\d:\d\d:\d\d[.,\d]{0,10}\]? )/;
const TOOL_TAG = /^\s{0,16}\[(?:javac|java|exec|junit|javadoc|ParallelStep)\] /;

const ERROR_SIGN =
  /^\s*(?:E\s{2,}|not ok\b|npm ERR!|✗|✘|✖|×|●|FAIL\b|-{3} FAIL|#{2}\[error\]|::error)|\bFAIL(?:ED|URES?)?\b|\b(?:SEVERE|EMERG)\b|\bundefined (?:reference|symbol)|\b(?:No such file|[Pp]ermission denied|[Cc]onnection refused|[Ss]egmentation fault|core dumped|[Oo]ut of memory|[Tt]imed out|command not found|[Cc]annot find)\b|\bexit(?:ed)? (?:code|status|with)[: ]{1,3}(?:code )?[1-9]|^\s*(?:Expected|Received|Actual|expected|received|actual)\b *:/;
const WARNING = /\bwarn(?:ing)?s?\b|\bdeprecated\b|⚠|^::warning/i;
const NO_ERRORS =
  /\b(?:0|no|zero) (?:errors?|failures?|failed|exceptions?)\b|\b(?:errors?|failures?|failed)[:=] ?0\b/gi;
const SUMMARY =
  /^\s*\d+ (?:tests?|specs?|examples?|files?|assertions?|passed|passing|failed|failing|pending|skipped|errors?|warnings?|problems?|failures?|offenses|vulnerabilities)\b|={2,} .{0,200}\b\d+ (?:passed|failed|errors?|warnings?|skipped)\b|\b\d+ (?:errors?|warnings?|problems?|failures?)(?: generated| and|,| \(|\.?$)|^\s*(?:Tests?|Test Suites|Test Files|Snapshots|Time|Ran(?: all)?|Duration|Total|Finished|Summary|Results?)\b.{0,80}\d|\btest result:|Tests run:|BUILD (?:SUCCESS|SUCCESSFUL|FAILURE|FAILED)|\b(?:added|removed|audited|changed|up to date).{0,20} \d+ packages?\b|\b(?:inspected|scanned), \d|^✖ \d+ problems?/;
const HEADER =
  /^\s*(?:={3,}|-{4,}|#{1,6} |\*{3,}|_{5,}|>{2,}|#{2}\[(?:group|section|command)\]|::group::|\[INFO\] -{3,}|\* [A-Z]|> Task :|Step \d+\/\d+ :)/;
const PASSED =
  /^\s*(?:PASS\b|ok\b|✓|✔|√|-{3} PASS|#{2}\[endgroup\]|::endgroup::)|\bPASSED\b(?!.{0,40}\bfail)|\.{3} ok$|: PASS$/;
/** What a tool says of its work while all is well. */
const PROGRESS =
  /^\s*(?:\[INFO\] |\[info\] )?(?:\[\s{0,3}\d{1,4}(?:%|\/\d{1,6})\]|Compiling |Building |Linking |Download(?:ing|ed):? |Fetch(?:ing|ed) |Resolving |Extracting |Installing |Unpacking |Copying |Creating |Generating |Deleting |#\d+ )/;
const HARD_ERROR = /\berror:|\bERROR\b|\bFAILED\b|\bfatal:|\bfailed\b/;

/** `path:12`, `path:12:3`, `path(12,3)` or `path:[12,3]`; the path has an ending. */
const PLACE = /[\w)\]]\.[A-Za-z]\w{0,11}(?::\[?\d{1,7}\b|\(\d{1,7}(?:[,:]\d{1,7})?\))/;
const PLACE_FIRST =
  /^\s*(?:\[?(?:ERROR|WARNING|WARN|INFO|error|warning|MEDIUM|HIGH|LOW|STYLE|[ewi])\]?:? )?(?:file:\/\/)?(?:[A-Za-z]:)?[^\s:()]{1,250}\.[A-Za-z]\w{0,11}(?::\[?\d{1,7}\b|\(\d{1,7}(?:[,:]\d{1,7})?\))/;
/** What a C compiler says above or below a message of a header. */
const INCLUDED = /^\s*(?:In file included )?from \S{1,400}:\d{1,7}/;
/** Linters that name the file above and begin with the place: `12:3  error  …`. */
const BARE_PLACE = /^\s*\d{1,7}:\d{1,5}\s+\S/;
/** A line number and a sentence, as in the tables of linters. */
const NUMBERED_SENTENCE =
  /^\s{0,8}\d{1,6}(?::\d{1,5})?\s{2,12}(?:[✖⚠×]\s{1,4})?[A-Z][a-z']{1,24} .{0,40}[a-z]/;
/** A place that titles a message: `W-1330: top.v(51): bits differ`. */
const PLACE_TITLE =
  /[\w)\]]\.[A-Za-z]\w{0,11}(?::\d{1,7}(?::\d{1,5})?|\(\d{1,7}(?:[,:]\d{1,7})?\)|: \(\d{1,7}, \d{1,5}\)):\s/;
/** Code that a tool shows beside its line number. */
const GUTTERED = /^\s{0,8}>?\s{0,4}\d{1,7} [|│] /;
const WORDED_PLACE = /\bat line \d+, column \d+|\b[Ll]ine[: ]{1,2}\d+\b.{0,40}\b(?:error|warning)\b/;

const PLACED = [PLACE_FIRST, PLACE_TITLE, INCLUDED, NUMBERED_SENTENCE, GUTTERED, WORDED_PLACE];

/** The role of one line, judged by itself. */
export function roleOfLine(whole: string): LineRole {
  const line = whole.slice(0, LINE_CHARACTERS).replace(STAMP, '').replace(TOOL_TAG, '');
  if (PASSED.test(line)) return 'passed';
  const isBad = isErrorLine(line);
  if (PROGRESS.test(line) && !HARD_ERROR.test(line)) return 'progress';
  if (isDiagnostic(line, isBad)) return 'diagnostic';
  if (HEADER.test(line)) return 'header';
  if (SUMMARY.test(line)) return 'summary';
  if (isBad) return 'error';
  return WARNING.test(line) ? 'warning' : 'plain';
}

function isErrorLine(line: string): boolean {
  if (!hasErrorWord(line) && !ERROR_SIGN.test(line)) return false;
  const rest = line.replace(NO_ERRORS, '');
  return rest.length === line.length || hasErrorWord(rest) || ERROR_SIGN.test(rest);
}

/** A problem with its place: each is one of its own, whatever its numbers. */
function isDiagnostic(line: string, isBad: boolean): boolean {
  if (PLACED.some((pattern) => pattern.test(line))) return true;
  if (!isBad && !WARNING.test(line)) return false;
  return PLACE.test(line) || BARE_PLACE.test(line);
}
