import { anyOf } from './any-of.js';

const TEST_RUNNERS = anyOf(
  // pytest: rules, places of tests, files with their dots, the lines of a failure
  /^={3,}.{0,200}={3,}$/,
  /^_{4,} .{1,200} _{4,}$/,
  /^\S{1,300}::\S{1,300}/,
  /^\S{1,200}\.py [.FEsxX]{1,200}/,
  /^collected \d|^E\s{3}/,
  // verdicts
  /\b(?:PASSED|FAILED|SKIPPED|XFAIL|XPASS)\b/,
  /^\s{0,12}(?:PASS|FAIL|RUNS|SKIP|ok|not ok)\s/,
  /^\s{0,24}[✓✔✗✘×√○❯⎯●↓]/,
  // Jest, Vitest, Mocha: numbered failures and sums
  /^\s{0,4}(?:Tests?|Test Suites|Test Files|Snapshots|Time|Duration|Start at|Ran all)[: ]/,
  /^\s{0,8}\d{1,6} (?:passing|failing|pending|passed|failed)\b/,
  /^\s{2,8}\d{1,4}\) \S/,
  // Go, Rust, JUnit
  /^\s{0,8}(?:---|===) (?:RUN|PASS|FAIL|SKIP|PAUSE|CONT)\b|^(?:ok|FAIL|\?)\s{1,8}\S{1,200}\s/,
  /^test \S{1,200} \.\.\. |^test result: |^running \d{1,6} tests?$/,
  /^Tests run: |^(?:Running|Executing) \S/,
  // a row of dots, one for each test
  /^[.FEsSCW*]{12,}$|^\.{3,}/,
);

const PACKAGE_MANAGERS = anyOf(
  // npm and its kin
  /^(?:npm|pnpm|yarn) (?:ERR!|WARN|warn|error|info|notice|run|install|verb|http)/,
  /^> \S{1,100}(?:@\S{1,40})? \S/,
  /^(?:added|changed|removed|audited|up to date)[, ].{0,80}packages?/,
  /^Debugger attached|^Waiting for the debugger/,
  // pip
  /^(?:Collecting|Requirement already satisfied|Downloading|Installing collected|Successfully installed|Using cached)/,
  /^(?:Preparing metadata|Building wheel)|^\s{2}(?:Using cached|Downloading|Preparing|Installing|Stored in|Created wheel)\b/,
  // apt
  /^(?:Fetching|Resolving|Unpacking|Setting up|Selecting previously|Preparing to unpack|Get:\d|Hit:\d|Ign:\d|Reading package)/,
  // trees of dependencies
  /^[├└│]/,
);

const BUILD_TOOLS = anyOf(
  // make, ninja, CMake
  /^(?:make|gmake|ninja|cmake)(?:\[\d{1,4}\])?: |^\s{0,8}(?:Entering|Leaving) directory/,
  /^\s{0,4}\[\s{0,4}\d{1,5}(?:%|\/\d{1,5})\]/,
  /^-- (?:The|Check|Looking|Found|Perform|Detecting|Configuring|Generating|Build)/,
  // compilers called, in full or as the kernel's `  CC      file.o`
  /^\s{0,4}(?:cc|gcc|g\+\+|c\+\+|clang|clang\+\+|ld|ar|ranlib|javac|rustc|libtool|CC|CXX|LD|AR|HOSTCC|csc(?:\.exe)?)\s{1,8}\S/,
  // Cargo and bundlers: what is done to what
  /^\s{0,12}(?:Compiling|Downloading|Downloaded|Finished|Checking|Updating|Building|Installing|Fresh|Blocking|Documenting)\b/,
  /^\s{0,12}(?:Doc-tests|Linking|Generating|Configuring|Scanning|Copying|Creating|Deleting|Processing|Cloning|Deploying)\b/,
  /^\s{0,12}(?:Uploading|Transforming|Bundling)\b/,
  // Gradle, Maven, Ant
  /^> (?:Task|Configure project|Transform) :|^:[\w:-]{1,120}(?: UP-TO-DATE| NO-SOURCE)?$/,
  /^BUILD (?:SUCCESS|FAIL)|^(?:Buildfile:|Build (?:started|succeeded|failed|FAILED|SUCCEEDED))/,
  /^--- .{1,200} ---$|^\s{0,8}\[[a-zA-Z]{2,20}\] |^[\w-]{1,60}:$/,
  // MSBuild
  /^\s{0,8}Target "?\S{1,200}:$|^\s{0,12}Project ".{1,300}"|^".{1,300}" \(.{1,80}\) \(\d|^Done [Bb]uilding/,
  // static analysis
  /^[A-Z]{2,12}-[A-Z0-9]{2,12}:|^(?:Note|Task|Step): /,
);

const PROGRESS = anyOf(
  // ` 45%|=====>   |`, `file.tar.gz  45%[====>   ]`, `[#####....] 45%`
  /\d ?% ?[[|][=#>█▏▎▍▌▋▊▉░▒▓ .-]{3,200}[\]|]/,
  /[[|][=#>█▏▎▍▌▋▊▉░▒▓ .-]{3,200}[\]|] {0,4}\d{1,3}(?:\.\d{1,2})? ?%/,
);

const CONTAINERS_AND_CI = anyOf(
  // Docker; BuildKit numbers its steps and says what it does
  /^Step \d{1,4}(?:\/\d{1,4})? ?:|^ ---> |^=> /,
  /^#\d{1,4} (?:\[|\d|DONE|CACHED|sha256|ERROR|[A-Za-z]{2,20}ing )/,
  /^(?:Sending build context|Removing intermediate|Successfully (?:built|tagged))/,
  /^\S{1,40}: (?:Pulling|Waiting|Verifying|Download complete|Pull complete|Already exists|Pushed|Preparing)/,
  // Jenkins, GitHub Actions, GitLab
  /^\[Pipeline\]|^(?:Started by|Building in|Running (?:on|in)|Finished: )/,
  /^##\[|^::(?:group|endgroup|error|warning)|^section_(?:start|end):/,
  // git and Subversion
  /^(?:Cloning (?:into|repository|the)|Fetching (?:origin|upstream|changes)|Checking out|Commit message:)/,
  /^(?:Receiving objects|Resolving deltas|remote: )|^ ?> git |^[AUDGCE]{1,2} {4,}\S/,
  // commands as the shell shows them
  /^\$ \S|^\+ \S{1,200} /,
);

/** What each kind of tool writes at the start of its lines. */
export const TOOL_LINES: readonly (readonly [tool: string, lines: RegExp])[] = [
  ['test runner', TEST_RUNNERS],
  ['package manager', PACKAGE_MANAGERS],
  ['build tool', BUILD_TOOLS],
  ['container or CI', CONTAINERS_AND_CI],
  ['progress bar', PROGRESS],
];
