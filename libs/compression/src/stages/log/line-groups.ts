import type { LineBlock } from './line-blocks.js';
import type { TemplatedLines } from './find-templates.js';
import type { LineCluster } from './line-cluster.js';
import { copyCluster, joinClusters } from './merge-templates.js';

/** Up to this many shapes of one template are told apart. */
const MAX_SHAPES = 12;
/** How far into a line the columns of a head reach: time, host, process, thread. */
const HEAD_PARTS = 12;
/** A column is part of the head when it varies in templates with at least this share of the lines. */
const HEAD_SHARE = 0.5;

/** Numbers name the groups of most lines, text the others. */
export type GroupName = string | number;

/** Names the group of each block: blocks of one group say the same. */
export interface BlockGroups {
  groupOf(block: LineBlock): GroupName;
  /** What the plain lines of a group have in common. */
  clusterOf(block: LineBlock): LineCluster | undefined;
}

const ADDRESS = /\b0x[\da-f]{4,16}\b|@[\da-f]{6,16}\b/gi;
const NUMBER = /\d+/g;
const STAMP = /^\[?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d[.,\d]{0,10}Z?\]? /;
const PLACE_CHARACTERS = 400;
const LETTERS = /[A-Za-z]{2}/;

export function groupBlocks(
  lines: readonly string[],
  templated: TemplatedLines,
  keepsEvents: boolean,
): BlockGroups {
  const { clusters, shapes, clusterOfShape, shapeOf } = templated;
  const clusterAt = (line: number): number => clusterOfShape[shapeOf[line] ?? -1] ?? -1;
  const isNoisy = noisyClusters(templated);
  const head = headColumns(clusters);
  const merged = mergeShapes(shapes, head, (shape) => isNoisy(clusterOfShape[shape] ?? -1));
  // Three kinds of numbers: shapes, merged shapes, templates.
  const nameOf = (index: number): GroupName => {
    const shape = shapeOf[index] ?? -1;
    return shape < 0 ? `line ${lines[index] ?? ''}` : 3 * shape;
  };
  return {
    groupOf({ role, start, end }) {
      const line = lines[start] ?? '';
      const shape = shapeOf[start] ?? -1;
      const cluster = clusterAt(start);
      switch (role) {
        case 'passed':
          return 'passed';
        case 'header':
          return `line ${line}`;
        case 'failure':
          return `failure ${lines.slice(start, end).join('\n')}`;
        case 'trace':
          return `trace ${line.replace(NUMBER, '0')}\n${lines
            .slice(start + 1, end)
            .join('\n')
            .replace(ADDRESS, '0')}`;
        case 'diagnostic':
          return diagnosticGroup(lines, start, end, keepsEvents, nameOf(start));
        case 'error':
        case 'warning':
          return end - start > 1
            ? `${String(nameOf(start))}\n${lines.slice(start + 1, end).join('\n')}`
            : nameOf(start);
        case 'summary':
          return nameOf(start);
        case 'progress':
        case 'plain':
          if (cluster < 0) return nameOf(start);
          return isNoisy(cluster) ? 3 * cluster + 2 : 3 * (merged.of[shape] ?? -1) + 1;
      }
    },
    clusterOf({ start }) {
      const cluster = clusterAt(start);
      if (cluster >= 0 && isNoisy(cluster)) return clusters[cluster];
      return merged.clusters[merged.of[shapeOf[start] ?? -1] ?? -1];
    },
  };
}

/** The same problem at the same place; in a log with times, whatever the message's own numbers are. */
function diagnosticGroup(
  lines: readonly string[],
  start: number,
  end: number,
  keepsEvents: boolean,
  shape: GroupName,
): string {
  const line = lines[start] ?? '';
  const frame = end - start > 1 ? lines.slice(start + 1, end).join('\n') : '';
  if (!keepsEvents && !STAMP.test(line.slice(0, 60))) return `place ${line}\n${frame}`;
  const places = line
    .slice(0, PLACE_CHARACTERS)
    .match(/[^\s()]{1,200}\.\w{1,12}[:(]\[?\d{1,7}(?:[:,]\d{1,7})?/);
  return `place ${places?.[0] ?? ''} ${String(shape)}\n${frame}`;
}

/** A template of many shapes has words for variable parts, such as file names; few shapes are events of their own. */
function noisyClusters({ clusters, clusterOfShape }: TemplatedLines): (cluster: number) => boolean {
  const counts = new Int32Array(clusters.length);
  for (const cluster of clusterOfShape) counts[cluster] = (counts[cluster] ?? 0) + 1;
  return (cluster) => (counts[cluster] ?? 0) > MAX_SHAPES;
}

/** The columns near the beginning that vary whatever a line says, such as its host. */
function headColumns(clusters: readonly LineCluster[]): ReadonlySet<number> {
  const varying = new Array<number>(HEAD_PARTS).fill(0);
  let total = 0;
  for (const { parts, size } of clusters) {
    if (size < 2) continue;
    total += size;
    for (let part = 0; part < HEAD_PARTS && part < parts.length; part++) {
      if (typeof parts[part] !== 'string') varying[part] = (varying[part] ?? 0) + size;
    }
  }
  return new Set([...varying.keys()].filter((part) => (varying[part] ?? 0) > total * HEAD_SHARE));
}

interface MergedShapes {
  readonly clusters: readonly LineCluster[];
  /** Per shape its place among the merged ones. */
  readonly of: readonly number[];
}

/** Shapes that differ in the columns of their head alone say the same; those of noisy templates are told by these. */
function mergeShapes(
  shapes: readonly LineCluster[],
  head: ReadonlySet<number>,
  isNoisy: (shape: number) => boolean,
): MergedShapes {
  const clusters: LineCluster[] = [];
  const known = new Map<string, number>();
  const of = shapes.map((shape, id) => {
    if (isNoisy(id)) return -1;
    const key = keyOf(shape, head, id);
    const place = known.get(key);
    if (place === undefined) {
      known.set(key, clusters.length);
      return clusters.push(copyCluster(shape)) - 1;
    }
    const home = clusters[place];
    if (home !== undefined) joinClusters(home, shape);
    return place;
  });
  return { clusters, of };
}

/** What stands outside the head; a shape of which nothing does is like no other. */
function keyOf({ parts }: LineCluster, head: ReadonlySet<number>, id: number): string {
  let stands = false;
  let key = '';
  for (let index = 0; index < parts.length; index++) {
    if (!head.has(index)) {
      const part = parts[index] ?? '';
      key += typeof part === 'string' ? part : '\u0000';
      if (!stands && index % 2 === 0 && typeof part === 'string') stands = LETTERS.test(part);
    }
    key += '\u0001';
  }
  return stands ? key : `\u0002${String(id)}`;
}
