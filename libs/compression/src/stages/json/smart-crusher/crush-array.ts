import {
  type JsonNode,
  type JsonObjectNode,
  stringNode,
  stringOfLiteral,
  writeJsonTree,
} from '#libs/json-text';
import type { SmartCrusherConfig } from '../../../compression-config.js';
import { adaptiveSize } from './adaptive-size.js';
import { hasPreservedField, isErrorItem } from './error-signals.js';
import { anomalies, changePoints, momentsOf, numericColumns } from './number-signals.js';
import { relevantItems } from '../../../query-relevance.js';
import { rareRows, rareTexts } from './rare-values.js';
import { selectItems } from './select-items.js';

type Group = 'object' | 'string' | 'number' | 'other';

interface Signals {
  readonly config: SmartCrusherConfig;
  readonly query: string;
}

/** What remains of an array: the items in their order, and for numbers a summary of all of them. */
export interface CrushedArray {
  readonly items: JsonNode[];
  readonly kept: number;
}

/**
 * Keeps the items that matter. Items of different kinds are judged among their own; kinds with too few items, nested
 * arrays, booleans and nulls stay as they are.
 * @returns undefined when nothing can go.
 */
export function crushArray(items: readonly JsonNode[], signals: Signals): CrushedArray | undefined {
  const { config } = signals;
  if (items.length < config.minItemsToAnalyze || items.length <= config.maxItemsAfterCrush) return undefined;
  const groups = new Map<Group, number[]>();
  for (const [index, item] of items.entries()) {
    const group = groupOf(item);
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [index]);
    else members.push(index);
  }
  const kept = new Set<number>();
  for (const [group, members] of groups) {
    if (group === 'other' || members.length < config.minItemsToAnalyze) {
      for (const index of members) kept.add(index);
      continue;
    }
    const nodes = members.flatMap((index) => items[index] ?? []);
    for (const position of keptOfGroup(group, nodes, signals)) kept.add(members[position] ?? 0);
  }
  if (kept.size >= items.length) return undefined;
  const remaining = items.filter((_, index) => kept.has(index));
  const numbers = groups.get('number') ?? [];
  if (numbers.length === items.length) remaining.push(stringNode(summaryOf(items)));
  return { items: remaining, kept: kept.size };
}

function groupOf(node: JsonNode): Group {
  if (node.kind === 'object' || node.kind === 'string' || node.kind === 'number') return node.kind;
  return 'other';
}

function keptOfGroup(group: Exclude<Group, 'other'>, nodes: readonly JsonNode[], signals: Signals): number[] {
  const { config, query } = signals;
  const written = nodes.map((node) =>
    node.kind === 'string' ? stringOfLiteral(node.text) : writeJsonTree(node),
  );
  const protectedItems = new Set<number>();
  const protect = (positions: Iterable<number>): void => {
    for (const position of positions) protectedItems.add(position);
  };
  for (const [index, node] of nodes.entries()) {
    if (config.preserveErrors && isErrorItem(node, written[index] ?? '')) protectedItems.add(index);
    if (config.preserveFields.length > 0 && hasPreservedField(node, config.preserveFields))
      protectedItems.add(index);
  }
  for (const column of measuresOf(group, nodes, written)) {
    protect(anomalies(column, config.anomalyStdThreshold));
    if (group !== 'string') protect(changePoints(column, config.anomalyStdThreshold));
  }
  protect(rareItems(group, nodes, written));
  const relevance = relevantItems(written, query, config.relevanceThreshold);
  protect(relevance.named);
  const distinct = group === 'string' ? firstOccurrences(written) : undefined;
  const min = Math.min(
    config.maxItemsAfterCrush,
    Math.max(config.minItemsToAnalyze, config.keepFirst + config.keepLast),
  );
  const kept = selectItems(written, {
    size: adaptiveSize(written, min, config.maxItemsAfterCrush),
    keepFirst: config.keepFirst,
    keepLast: config.keepLast,
    protectedItems: distinct ? [...protectedItems].filter((index) => distinct.has(index)) : protectedItems,
    relevant: distinct ? relevance.ranked.filter((index) => distinct.has(index)) : relevance.ranked,
  });
  return kept;
}

/** The numbers by which items of a group stand out. */
function measuresOf(group: Group, nodes: readonly JsonNode[], written: readonly string[]): Float64Array[] {
  if (group === 'number') return [Float64Array.from(written, Number)];
  const lengths = Float64Array.from(written, (text) => text.length);
  if (group === 'string') return [lengths];
  const rows = nodes.filter((node): node is JsonObjectNode => node.kind === 'object');
  return numericColumns(rows);
}

/** Numbers stand out by their size alone. */
function rareItems(group: Group, nodes: readonly JsonNode[], written: readonly string[]): number[] {
  if (group === 'number') return [];
  if (group === 'string') return rareTexts(written);
  return rareRows(nodes.filter((node): node is JsonObjectNode => node.kind === 'object'));
}

/** A string that repeats is told once. */
function firstOccurrences(texts: readonly string[]): Set<number> {
  const first = new Map<string, number>();
  for (const [index, text] of texts.entries()) if (!first.has(text)) first.set(text, index);
  return new Set(first.values());
}

function summaryOf(numbers: readonly JsonNode[]): string {
  const values = Float64Array.from(numbers, (node) =>
    node.kind === 'number' ? Number(node.text) : Number.NaN,
  ).sort();
  const { mean, deviation } = momentsOf(values);
  const short = (value: number): string => String(Number(value.toPrecision(6)));
  const median = values[Math.floor(values.length / 2)] ?? 0;
  const [low = 0] = values;
  return `${String(values.length)} numbers: min ${short(low)}, max ${short(values.at(-1) ?? 0)}, mean ${short(mean)}, median ${short(median)}, standard deviation ${short(deviation)}`;
}
