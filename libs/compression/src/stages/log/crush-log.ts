import { classifyLines, type LineRole } from './classify-lines.js';
import { type TemplatedLines, templateText } from './find-templates.js';

/** Lines at either end that stay whatever they say. */
const EDGE_LINES = 3;
/** Up to this many shapes of one template are told apart. */
const MAX_SHAPES = 12;

export interface CrushedLog {
  readonly text: string;
  readonly linesBefore: number;
  readonly linesAfter: number;
}

/**
 * Tells a log once: every error pattern by its first line with its count, every distinct stack trace whole, summaries
 * and section headers as they are, everything else by its template with its count (`<*>` is the variable part).
 */
export function crushLog(
  lines: readonly string[],
  templated: TemplatedLines,
  relevant: ReadonlySet<number>,
): CrushedLog {
  const roles = classifyLines(lines);
  const groups = groupLines(lines, roles, templated);
  const out: string[] = [];
  for (const [index, line] of lines.entries()) {
    const group = groups.of[index] ?? '';
    const members = groups.sizes.get(group) ?? 1;
    const isFirst = groups.first.get(group) === index;
    const isEdge = index < EDGE_LINES || index >= lines.length - EDGE_LINES;
    const role = roles[index] ?? 'plain';
    // A trace carries its count on its first line alone.
    const count = role === 'trace' && !group.endsWith('#0') ? 1 : members;
    const staysLiteral = role !== 'plain' || members === 1 || isEdge;
    if (isFirst) out.push(withCount(staysLiteral ? line : tellGroup(group, line, index, templated), count));
    else if (isEdge || relevant.has(index)) out.push(line);
  }
  return { text: out.join('\n'), linesBefore: lines.length, linesAfter: out.length };
}

interface LineGroups {
  /** Per line the group that tells it. */
  readonly of: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
  readonly first: ReadonlyMap<string, number>;
}

function groupLines(
  lines: readonly string[],
  roles: readonly LineRole[],
  templated: TemplatedLines,
): LineGroups {
  const isNoisy = noisyClusters(templated);
  const of: string[] = [];
  const sizes = new Map<string, number>();
  const first = new Map<string, number>();
  for (let index = 0; index < lines.length; index++) {
    const end = endOfTrace(roles, index);
    const group =
      end > index
        ? traceGroup(lines, index, end)
        : groupOf(lines, index, roles[index] ?? 'plain', templated, isNoisy);
    // Each line of a trace has its place in it, so that a trace is told whole or not at all.
    for (let line = index; line <= Math.max(index, end - 1); line++) {
      const name = end > index ? `${group}#${String(line - index)}` : group;
      of.push(name);
      sizes.set(name, (sizes.get(name) ?? 0) + 1);
      if (!first.has(name)) first.set(name, line);
    }
    if (end > index) index = end - 1;
  }
  return { of, sizes, first };
}

/** The line after the trace that starts here; not beyond `index` where none does. */
function endOfTrace(roles: readonly LineRole[], index: number): number {
  let end = index;
  while (roles[end] === 'trace') end++;
  return end;
}

function traceGroup(lines: readonly string[], start: number, end: number): string {
  return `trace ${lines.slice(start, end).join('\n').replace(/\d+/g, '0')}`;
}

function groupOf(
  lines: readonly string[],
  index: number,
  role: LineRole,
  templated: TemplatedLines,
  isNoisy: (cluster: number) => boolean,
): string {
  const shape = templated.shapeOf[index] ?? -1;
  const cluster = templated.clusterOf[index] ?? -1;
  if (role === 'passed') return 'passed';
  if (role === 'summary' || role === 'header' || shape < 0) return `line ${lines[index] ?? ''}`;
  return role === 'plain' && isNoisy(cluster) ? `template ${String(cluster)}` : `shape ${String(shape)}`;
}

/** A template of many shapes has words for variable parts, such as file names; few shapes are events of their own. */
function noisyClusters({ clusterOf, shapes }: TemplatedLines): (cluster: number) => boolean {
  const counts = new Map<number, number>();
  for (const { lines } of shapes) {
    const cluster = clusterOf[lines[0] ?? -1] ?? -1;
    counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
  }
  return (cluster) => (counts.get(cluster) ?? 0) > MAX_SHAPES;
}

/** What its lines have in common; only plain lines give up their own values. */
function tellGroup(group: string, line: string, index: number, templated: TemplatedLines): string {
  const cluster = group.startsWith('template ')
    ? templated.clusters[templated.clusterOf[index] ?? -1]
    : templated.shapes[templated.shapeOf[index] ?? -1];
  return cluster === undefined ? line : templateText(cluster);
}

function withCount(text: string, members: number): string {
  return members > 1 && text.trim() !== '' ? `${text} (×${String(members)})` : text;
}
