import { type LineBlock, blocksOf } from './line-blocks.js';
import { type TemplatedLines, shownTemplate } from './find-templates.js';
import { type BlockGroups, type GroupName, groupBlocks } from './line-groups.js';

/** Lines at either end that stay whatever they say. */
const EDGE_LINES = 3;
/** While a log has few error patterns, each is told by its first lines; with many by its first one. */
const MANY_PATTERNS = 20;
const LINES_OF_FEW_PATTERNS = 3;
/** How many patterns of plain lines the output of a tool is told by. */
const MAX_PLAIN_GROUPS = 32;
/** A line above a problem stays when few others are like it. */
const RARE_LINES = 3;

const PROBLEMS: ReadonlySet<LineBlock['role']> = new Set(['diagnostic', 'error', 'failure', 'trace']);

export interface CrushedLog {
  readonly text: string;
  readonly linesBefore: number;
  readonly linesAfter: number;
}

export interface CrushOptions {
  /** Lines that answer the user's question. */
  readonly relevant: ReadonlySet<number>;
  /** Every event of a program's log stays; of a tool's output its problems and its outline. */
  readonly keepsEvents: boolean;
}

/**
 * Tells a log once: every problem by its first lines with its count, every distinct stack trace whole, summaries and
 * section headers as they are, everything else by its template with its count (`<*>` is the variable part).
 */
export function crushLog(
  lines: readonly string[],
  templated: TemplatedLines,
  { relevant, keepsEvents }: CrushOptions,
): CrushedLog {
  const blocks = blocksOf(lines, templated.classOf);
  const groups = groupBlocks(lines, templated, keepsEvents);
  const names = blocks.map((block) => groups.groupOf(block));
  const sizes = countNames(names);
  const isTold = keepsEvents ? () => true : plainGroupsToTell(blocks, names, sizes);
  const literal = literalLines(blocks, names);
  const lastLine = lines.findLastIndex((line) => line.trim() !== '');
  const seen = new Map<GroupName, number>();
  const out: string[] = [];
  for (const [at, block] of blocks.entries()) {
    const name = names[at] ?? '';
    const size = sizes.get(name) ?? 1;
    if (block.start > lastLine) break;
    const isEdge = block.start < EDGE_LINES || block.end > lastLine + 1 - EDGE_LINES;
    // A line at the edge stands for itself alone where its group has a template to tell.
    if (isEdge && size > 1 && isPlain(block)) {
      pushBlock(out, lines, block, 1, undefined);
      continue;
    }
    const place = seen.get(name) ?? 0;
    seen.set(name, place + 1);
    if (place === 0 && (isEdge || isTold(at))) {
      pushBlock(out, lines, block, size, commonText(block, size, groups));
    } else if (isEdge || place < literal(block) || (block.role === 'summary' && place + 1 === size)) {
      pushBlock(out, lines, block, 1, undefined);
    } else {
      for (let line = block.start; line < block.end; line++) {
        if (relevant.has(line)) out.push(lines[line] ?? '');
      }
    }
  }
  return { text: out.join('\n'), linesBefore: lines.length, linesAfter: out.length };
}

function countNames(names: readonly GroupName[]): Map<GroupName, number> {
  const sizes = new Map<GroupName, number>();
  for (const name of names) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  return sizes;
}

function isPlain({ role }: LineBlock): boolean {
  return role === 'plain' || role === 'progress';
}

/** What the lines of a block's group have in common; undefined where its first line stands for them. */
function commonText(block: LineBlock, size: number, groups: BlockGroups): string | undefined {
  if (size === 1 || !isPlain(block)) return undefined;
  const cluster = groups.clusterOf(block);
  return cluster === undefined ? undefined : shownTemplate(cluster);
}

function pushBlock(
  out: string[],
  lines: readonly string[],
  { start, end }: LineBlock,
  size: number,
  common: string | undefined,
): void {
  const first = common ?? lines[start] ?? '';
  out.push(size > 1 && first.trim() !== '' ? `${first} (×${String(size)})` : first);
  for (let line = start + 1; line < end; line++) out.push(lines[line] ?? '');
}

/** How many blocks of a group stand as they are. */
function literalLines(
  blocks: readonly LineBlock[],
  names: readonly GroupName[],
): (block: LineBlock) => number {
  const patterns = new Set(names.filter((_, at) => blocks[at]?.role === 'error'));
  const lines = patterns.size > MANY_PATTERNS ? 1 : LINES_OF_FEW_PATTERNS;
  return (block) => (block.role === 'error' ? lines : isPlain(block) ? 0 : 1);
}

/** Of a tool's plain output the largest groups, then lines evenly spread; problems keep the line above them. */
function plainGroupsToTell(
  blocks: readonly LineBlock[],
  names: readonly GroupName[],
  sizes: ReadonlyMap<GroupName, number>,
): (at: number) => boolean {
  const plain = new Set(names.filter((_, at) => isPlainAt(blocks, at)));
  const told = plain.size > MAX_PLAIN_GROUPS ? mostTelling([...plain], sizes) : plain;
  return (at) =>
    !isPlainAt(blocks, at) ||
    told.has(names[at] ?? '') ||
    (isProblem(blocks[at + 1]) && (sizes.get(names[at] ?? '') ?? 0) <= RARE_LINES);
}

function isProblem(block: LineBlock | undefined): boolean {
  return block !== undefined && PROBLEMS.has(block.role);
}

function isPlainAt(blocks: readonly LineBlock[], at: number): boolean {
  const block = blocks[at];
  return block !== undefined && isPlain(block);
}

function mostTelling(names: readonly GroupName[], sizes: ReadonlyMap<GroupName, number>): Set<GroupName> {
  const half = MAX_PLAIN_GROUPS / 2;
  const bySize = [...names].sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0));
  const told = new Set(bySize.slice(0, half));
  const rest = names.filter((name) => !told.has(name));
  for (let step = 0; step < half; step++) told.add(rest[Math.floor((step * rest.length) / half)] ?? '');
  return told;
}
