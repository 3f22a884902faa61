import type { LineCluster } from './line-cluster.js';
import { hasDigit } from './line-parts.js';
import { joinWords } from './varying-word.js';

/** Two shapes with the same separators are one template when at least this share of their words is the same. */
const SAME_WORDS = 0.6;
/** How many templates of the same separators a new shape is compared with. */
const MAX_COMPARED = 24;

/** A template while others are compared with it. */
interface Comparable {
  readonly id: number;
  readonly cluster: LineCluster;
  /** Its words; undefined where they vary or have digits, and for empty ones. */
  readonly words: (string | undefined)[];
  /** How many words stand. */
  standing: number;
}

export interface MergedClusters {
  readonly clusters: readonly LineCluster[];
  /** Per shape its place among the clusters. */
  readonly clusterOfShape: Int32Array;
}

/** Shapes that share most of their words become one template. */
export function mergeSimilar(shapes: readonly LineCluster[]): MergedClusters {
  const bySeparators = new Map<string, Comparable[]>();
  const clusters: LineCluster[] = [];
  const clusterOfShape = new Int32Array(shapes.length);
  for (const [shape, cluster] of shapes.entries()) {
    const { separators, words, standing } = standingWords(cluster);
    let alike = bySeparators.get(separators);
    if (alike === undefined) bySeparators.set(separators, (alike = []));
    const home = alike.find((other) => isSimilar(other, words, standing));
    if (home === undefined) {
      const own = copyCluster(cluster);
      const id = clusters.push(own) - 1;
      clusterOfShape[shape] = id;
      if (alike.length < MAX_COMPARED) alike.push({ id, cluster: own, words, standing });
    } else {
      clusterOfShape[shape] = home.id;
      joinClusters(home.cluster, cluster);
      dropDiffering(home, words);
    }
  }
  return { clusters, clusterOfShape };
}

export function copyCluster({ parts, size }: LineCluster): LineCluster {
  return { parts: parts.map((part) => (typeof part === 'string' ? part : { ...part })), size };
}

/** Makes the first cluster tell the lines of both. */
export function joinClusters(home: LineCluster, { parts, size }: LineCluster): void {
  home.size += size;
  for (let index = 0; index < home.parts.length; index += 2) {
    home.parts[index] = joinWords(home.parts[index] ?? '', parts[index] ?? '');
  }
}

function standingWords({ parts }: LineCluster): Pick<Comparable, 'words' | 'standing'> & {
  readonly separators: string;
} {
  let separators = '';
  const words: (string | undefined)[] = [];
  let standing = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? '';
    if (index % 2 === 1) separators += `${typeof part === 'string' ? part : ''}\u0001`;
    else {
      const word = typeof part !== 'string' || part === '' || hasDigit(part) ? undefined : part;
      if (word !== undefined) standing++;
      words.push(word);
    }
  }
  return { separators, words, standing };
}

/** What varies in both counts for nothing: a line of numbers is like another by its few words. */
function isSimilar(home: Comparable, words: readonly (string | undefined)[], standing: number): boolean {
  // Words that stand in one of the two alone are words that differ.
  if (Math.min(home.standing, standing) < Math.max(home.standing, standing) * SAME_WORDS) return false;
  let same = 0;
  let compared = 0;
  for (let index = 0; index < words.length; index++) {
    const here = home.words[index];
    const there = words[index];
    if (here === undefined && there === undefined) continue;
    compared++;
    if (here === there) same++;
  }
  return same >= 2 && same >= compared * SAME_WORDS;
}

function dropDiffering(home: Comparable, words: readonly (string | undefined)[]): void {
  for (let index = 0; index < words.length; index++) {
    if (home.words[index] === undefined || home.words[index] === words[index]) continue;
    home.words[index] = undefined;
    home.standing--;
  }
}
