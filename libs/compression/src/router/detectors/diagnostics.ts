/** Compilers and linters: a place with a severity or a rule, in any of the ways they are written. */
const DIAGNOSTICS: readonly RegExp[] = [
  // `src/a.c:12:5: warning: …`, `a.cs(12,5): error CS0103: …`
  /^.{1,300}?[:(]\d{1,7}(?:[:,]\d{1,7})?(?:-\d{1,7})?\)?\s?:?\s{0,8}(?:fatal )?(?:warning|error|note|info|hint|style|notice|severity|remark|convention|refactor)\b/i,
  // `a.py:12:5: E501 …`, `a.rb:3:7: C: …`, `a.go:3: [W] …`
  /^\S.{0,300}?:\d{1,7}(?::\d{1,7})?:? {1,2}(?:[A-Z]{1,5}\d{2,5}\b|\[[A-Z]\w{0,3}\]|[CWEFRI]: |`)/,
  // below the name of the file: `  12:5  error  …`
  /^\s{1,12}\d{1,7}(?::\d{1,7})?(?::\d{1,7})?\s{1,8}(?:error|warning|info|✖|⚠|×|[A-Z]\d{3})/,
  // `error[E0382]: …`, `warning (W1): …`
  /^\s{0,8}(?:warning|error|note|notice|info|fatal|severe|hint)(?:\[[\w:-]{1,60}\]|\s?\([^)]{1,60}\))?: /i,
  // `tool: warning …`, `--RULE-12: …`
  /^[\w./\\-]{1,300}(?:::|: )(?:warning|error) |^-{0,2}[A-Z]{2,8}-\d{2,6}: /i,
  // `a.py:12:5: SomeRule: …`
  /^\s{0,8}[\w@+~-][^\s:]{0,250}\.\w{1,8}:\d{1,7}(?::\d{1,7})?: [A-Z][A-Za-z]{2,60}: /,
  // gcc on where it is
  /^In file included from |^\s{2,40}from \S{1,300}:\d|^\S{1,300}: In (?:\w{1,20} ){0,4}(?:function|constructor|destructor|instantiation)/,
  // the source shown, with marks below it
  /^\s{0,8}--> \S{1,300}:\d|^\s{0,200}[\^~]{1,200}\s{0,8}$|^\s{0,6}\d{0,6} {1,4}\|(?: |$)|^\s{0,6}= (?:note|help):|^\s{0,200}\|[\s|_-]{0,100}\^/,
  // rules and severities elsewhere in the line
  /^\s{8,12}[A-Z]{1,4}\d{2,5}: |\b(?:warning|error|severity)[ :]{1,3}[A-Z]{1,6}\d{2,6}\b|\((?:Severity|severity): ?\d\)|^\S{1,300}:\d{1,7} (?:in|at) /,
  // sums and numbered findings
  /^Found (?:no defects|\d{1,6} (?:errors?|warnings?|defects?))|^Inspecting \d|\b\d{1,6} (?:errors?|warnings?|offenses|problems?|issues?)\b/,
  /^\d{1,7}\. (?:ERROR|WARNING|INFO) in |^-{10}$/,
];

/** True for a line of a compiler or linter about a place in a file. */
export function isDiagnostic(line: string): boolean {
  return DIAGNOSTICS.some((pattern) => pattern.test(line));
}
