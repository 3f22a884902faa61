import { type JsonNode, stringNode } from '#libs/json-text';
import type { SmartCrusherConfig } from '../../../compression-config.js';
import { type CrushSignals, type Group, judgeGroup } from './judge-group.js';
import { summaryOfNumbers } from './number-summary.js';

/** What remains of an array: the items in their order, and for numbers a summary of all of them. */
export interface CrushedArray {
  readonly items: JsonNode[];
  readonly kept: number;
  /** What was dropped, counted by its most telling fields, where that costs little. */
  readonly leftOut?: string | undefined;
}

/** True for arrays that {@link crushArray} may make shorter. */
export function isLong(items: readonly JsonNode[], config: SmartCrusherConfig): boolean {
  return items.length >= config.minItemsToAnalyze && items.length > config.maxItemsAfterCrush;
}

/**
 * Keeps the items that matter. Items of different kinds are judged among their own and share the places; kinds with
 * too few items, and arrays of flags alone, stay as they are.
 * @returns undefined when nothing can go.
 */
export function crushArray(items: readonly JsonNode[], signals: CrushSignals): CrushedArray | undefined {
  const { config } = signals;
  if (!isLong(items, config)) return undefined;
  const groups = groupsOf(items);
  const isFlags = groups.every(({ group }) => group === 'literal');
  if (isFlags) return undefined;
  const judged = groups.filter(({ nodes }) => nodes.length >= config.minItemsToAnalyze);
  const kept = new Set<number>();
  let leftOut: string | undefined;
  for (const members of groups) {
    const judgement = judged.includes(members) ? judgeGroup(members, signals, 1 / judged.length) : undefined;
    for (const place of judgement?.kept ?? members.nodes.keys()) kept.add(members.positions[place] ?? 0);
    if (groups.length === 1) leftOut = judgement?.leftOut;
  }
  if (kept.size >= items.length) return undefined;
  const remaining = items.filter((_, index) => kept.has(index));
  if (groups.length === 1 && groups[0]?.group === 'number')
    remaining.push(stringNode(summaryOfNumbers(items.map(numberOf))));
  return { items: remaining, kept: kept.size, leftOut };
}

function numberOf(node: JsonNode): number {
  return node.kind === 'number' ? Number(node.text) : Number.NaN;
}

/** The items of one kind that an array holds, by their positions in it. */
interface Members {
  readonly group: Group;
  readonly nodes: readonly JsonNode[];
  readonly positions: readonly number[];
}

function groupsOf(items: readonly JsonNode[]): Members[] {
  const groups = new Map<Group, { group: Group; nodes: JsonNode[]; positions: number[] }>();
  for (const [index, item] of items.entries()) {
    const group = groupOf(item);
    let members = groups.get(group);
    if (members === undefined) {
      members = { group, nodes: [], positions: [] };
      groups.set(group, members);
    }
    members.nodes.push(item);
    members.positions.push(index);
  }
  return [...groups.values()];
}

function groupOf({ kind }: JsonNode): Group {
  if (kind === 'object') return 'rows';
  return kind === 'array' ? 'lists' : kind;
}
