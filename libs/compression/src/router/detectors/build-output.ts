import { confidenceOf, type Detector, percent } from './detector.js';
import { isDiagnostic } from './diagnostics.js';
import { withoutTime } from './line-times.js';
import { TOOL_LINES } from './tool-lines.js';

const BRACKETED_LEVEL = /^\[(?:INFO|WARNING|ERROR|WARN|DEBUG|info|warn|warning|error|debug|success)\]\s{0,8}/;
const PIPELINE_PREFIX =
  /^\[(?!(?:INFO|WARNING|ERROR|WARN|DEBUG|info|warn|warning|error|debug|success)\])[\w .-]{1,40}\] /;
const MIN_SHARE = 0.25;

/** What test runners, package managers, compilers, linters, build tools, containers and CI print. */
export const detectBuildOutput: Detector = ({ lines, isNumbered }) => {
  if (isNumbered || lines.length < 3) return undefined;
  const counts = new Map<string, number>();
  for (const tool of toolsOf(lines)) if (tool !== undefined) counts.set(tool, (counts.get(tool) ?? 0) + 1);
  const share = [...counts.values()].reduce((sum, count) => sum + count, 0) / lines.length;
  if (share < MIN_SHARE) return undefined;
  const [tool] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  return {
    kind: 'build_log',
    confidence: confidenceOf(share, 0.5),
    reason: `${percent(share)} of lines are a ${tool}'s`,
  };
};

const KNOWN_TOOLS = new WeakMap<readonly string[], readonly (string | undefined)[]>();

/** Per line the kind of tool that writes such lines; found once for the lines of a sample. */
export function toolsOf(lines: readonly string[]): readonly (string | undefined)[] {
  let tools = KNOWN_TOOLS.get(lines);
  if (tools === undefined) KNOWN_TOOLS.set(lines, (tools = lines.map(toolOf)));
  return tools;
}

/** The kind of tool that writes such lines. */
export function toolOf(line: string): string | undefined {
  const untimed = withoutTime(line);
  const isTimed = untimed.length !== line.length;
  // Applications log `[INFO]` behind a time too; without one it is Maven's or sbt's.
  if (!isTimed && BRACKETED_LEVEL.test(untimed.replace(PIPELINE_PREFIX, ''))) return 'build tool';
  const message = untimed.replace(BRACKETED_LEVEL, '').replace(PIPELINE_PREFIX, '');
  if (!isTimed && isDiagnostic(message)) return 'compiler or linter';
  return TOOL_LINES.find(([, pattern]) => pattern.test(message))?.[0];
}
