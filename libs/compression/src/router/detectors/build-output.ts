import { shareOf } from '../sample.js';
import { confidenceOf, type Detector, percent } from './detector.js';
import { withoutTime } from './line-times.js';

/** What each kind of tool writes at the start of its lines. */
const TOOLS: readonly [string, RegExp][] = [
  [
    'test runner',
    /^={3,}.{0,200}={3,}$|^_{4,} .{1,200} _{4,}$|^\S{1,300}::\S{1,300}|\b(?:PASSED|FAILED|SKIPPED|XFAIL|XPASS)\b|^\S{1,200}\.py [.FEsxX]{1,200}|^\s{0,12}(?:PASS|FAIL|RUNS|SKIP|ok|not ok)\s|^\s{0,24}[✓✔✗✘×√○❯⎯●↓]|^\s{0,4}(?:Tests?|Test Suites|Test Files|Snapshots|Time|Duration|Start at|Ran all)[: ]|^\s{0,8}(?:---|===) (?:RUN|PASS|FAIL|SKIP|PAUSE|CONT)\b|^(?:ok|FAIL|\?)\s{1,8}\S{1,200}\s|^test \S{1,200} \.\.\. |^test result: |^running \d{1,6} tests?$|^\s{0,8}\d{1,6} (?:passing|failing|pending|passed|failed)\b|^Tests run: |^(?:Running|Executing) \S|^collected \d|^\s{2,8}\d{1,4}\) \S|^[.FEsSCW*]{12,}$|^E\s{3}|^\.{3,}/,
  ],
  [
    'package manager',
    /^(?:npm|pnpm|yarn) (?:ERR!|WARN|warn|error|info|notice|run|install|verb|http)|^> \S{1,100}(?:@\S{1,40})? \S|^(?:added|changed|removed|audited|up to date)[, ].{0,80}packages?|^(?:Collecting|Requirement already satisfied|Downloading|Installing collected|Successfully installed|Using cached|Preparing metadata|Building wheel|Fetching|Resolving|Unpacking|Setting up|Selecting previously|Preparing to unpack|Get:\d|Hit:\d|Ign:\d|Reading package)|^\s{2}(?:Using cached|Downloading|Preparing|Installing|Stored in|Created wheel)\b|^[├└│]|^Debugger attached|^Waiting for the debugger/,
  ],
  [
    'build tool',
    /^(?:make|gmake|ninja|cmake)(?:\[\d{1,4}\])?: |^\s{0,4}(?:cc|gcc|g\+\+|c\+\+|clang|clang\+\+|ld|ar|ranlib|javac|rustc|libtool|CC|CXX|LD|AR|HOSTCC|csc(?:\.exe)?)\s{1,8}\S|^\s{0,4}\[\s{0,4}\d{1,5}(?:%|\/\d{1,5})\]|^\s{0,12}(?:Compiling|Downloading|Downloaded|Finished|Checking|Updating|Building|Installing|Fresh|Blocking|Documenting|Doc-tests|Linking|Generating|Configuring|Scanning|Copying|Creating|Deleting|Processing|Cloning|Deploying|Uploading|Transforming|Bundling)\b.{0,400}$|^> (?:Task|Configure project|Transform) :|^BUILD (?:SUCCESS|FAIL)|^:[\w:-]{1,120}(?: UP-TO-DATE| NO-SOURCE)?$|^\s{0,8}\[[a-zA-Z]{2,20}\] |^(?:Buildfile:|Build (?:started|succeeded|failed|FAILED|SUCCEEDED))|^\s{0,8}Target "?\S{1,200}:$|^\s{0,12}Project ".{1,300}"|^".{1,300}" \(.{1,80}\) \(\d|^Project ".{1,300}"|^Done [Bb]uilding|^--- .{1,200} ---$|^\s{0,8}(?:Entering|Leaving) directory|^-- (?:The|Check|Looking|Found|Perform|Detecting|Configuring|Generating|Build)|^[A-Z]{2,12}-[A-Z0-9]{2,12}:|^(?:Note|Task|Step): |^[\w-]{1,60}:$/,
  ],
  [
    'container or CI',
    /^Step \d{1,4}(?:\/\d{1,4})? ?:|^#\d{1,4} (?:\[|\d|DONE|CACHED|sha256|ERROR|exporting|transferring|extracting|naming|writing)|^ ---> |^(?:Sending build context|Removing intermediate|Successfully (?:built|tagged))|^=> |^\[Pipeline\]|^##\[|^::(?:group|endgroup|error|warning)|^(?:Started by|Building in|Running (?:on|in)|Finished: |Cloning (?:into|repository|the)|Fetching (?:origin|upstream|changes)|Checking out|Commit message:|Receiving objects|Resolving deltas|remote: )|^ ?> git |^[AUDGCE]{1,2} {4,}\S|^\$ \S|^\+ \S{1,200} |^section_(?:start|end):|^\S{1,40}: (?:Pulling|Waiting|Verifying|Download complete|Pull complete|Already exists|Pushed|Preparing)/,
  ],
];
/** Compilers and linters: a place with a severity or a rule, in any of the ways they are written. */
const DIAGNOSTICS: readonly RegExp[] = [
  /^.{1,300}?[:(]\d{1,7}(?:[:,]\d{1,7})?(?:-\d{1,7})?\)?\s?:?\s{0,8}(?:fatal )?(?:warning|error|note|info|hint|style|notice|severity|remark|convention|refactor)\b/i,
  /^\S.{0,300}?:\d{1,7}(?::\d{1,7})?:? {1,2}(?:[A-Z]{1,5}\d{2,5}\b|\[[A-Z]\w{0,3}\]|[CWEFRI]: |`)/,
  /^\s{1,12}\d{1,7}(?::\d{1,7})?(?::\d{1,7})?\s{1,8}(?:error|warning|info|✖|⚠|×|[A-Z]\d{3})/,
  /^\s{0,8}(?:warning|error|note|notice|info|fatal|severe|hint)(?:\[[\w:-]{1,60}\]|\s?\([^)]{1,60}\))?: /i,
  /^[\w./\\-]{1,300}(?:::|: )(?:warning|error) |^-{0,2}[A-Z]{2,8}-\d{2,6}: /i,
  /^\s{0,8}[\w@+~-][^\s:]{0,250}\.\w{1,8}:\d{1,7}(?::\d{1,7})?: [A-Z][A-Za-z]{2,60}: /,
  /^In file included from |^\s{2,40}from \S{1,300}:\d|^\S{1,300}: In (?:\w{1,20} ){0,4}(?:function|constructor|destructor|instantiation)/,
  /^\s{0,8}--> \S{1,300}:\d|^\s{0,200}[\^~]{1,200}\s{0,8}$|^\s{0,6}\d{0,6} {1,4}\|(?: |$)|^\s{0,6}= (?:note|help):|^\s{0,200}\|[\s|_-]{0,100}\^/,
  /^\s{8,12}[A-Z]{1,4}\d{2,5}: |\b(?:warning|error|severity)[ :]{1,3}[A-Z]{1,6}\d{2,6}\b|\((?:Severity|severity): ?\d\)|^\S{1,300}:\d{1,7} (?:in|at) |^Found (?:no defects|\d{1,6} (?:errors?|warnings?|defects?))|^Inspecting \d|\b\d{1,6} (?:errors?|warnings?|offenses|problems?|issues?)\b|^\d{1,7}\. (?:ERROR|WARNING|INFO) in |^-{10}$/,
];
const BRACKETED_LEVEL = /^\[(?:INFO|WARNING|ERROR|WARN|DEBUG|info|warn|warning|error|debug|success)\]\s{0,8}/;
const PIPELINE_PREFIX =
  /^\[(?!(?:INFO|WARNING|ERROR|WARN|DEBUG|info|warn|warning|error|debug|success)\])[\w .-]{1,40}\] /;
const MIN_SHARE = 0.25;

/** True for a line of a compiler or linter about a place in a file. */
export function isDiagnostic(line: string): boolean {
  return DIAGNOSTICS.some((pattern) => pattern.test(line));
}

/** What test runners, package managers, compilers, linters, build tools, containers and CI print. */
export const detectBuildOutput: Detector = ({ lines, isNumbered }) => {
  if (isNumbered || lines.length < 3) return undefined;
  const counts = new Map<string, number>();
  const share = shareOf(lines, (line) => {
    const tool = toolOf(line);
    if (tool !== undefined) counts.set(tool, (counts.get(tool) ?? 0) + 1);
    return tool !== undefined;
  });
  if (share < MIN_SHARE) return undefined;
  const [tool] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  return {
    kind: 'build_log',
    confidence: confidenceOf(share, 0.5),
    reason: `${percent(share)} of lines are a ${tool}'s`,
  };
};

/** The kind of tool that writes such lines. */
export function toolOf(line: string): string | undefined {
  const untimed = withoutTime(line);
  const isTimed = untimed.length !== line.length;
  // Applications log `[INFO]` behind a time too; without one it is Maven's or sbt's.
  if (!isTimed && BRACKETED_LEVEL.test(untimed.replace(PIPELINE_PREFIX, ''))) return 'build tool';
  const message = untimed.replace(BRACKETED_LEVEL, '').replace(PIPELINE_PREFIX, '');
  if (!isTimed && isDiagnostic(message)) return 'compiler or linter';
  return TOOLS.find(([, pattern]) => pattern.test(message))?.[0];
}
