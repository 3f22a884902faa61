import {
  type JsonArrayNode,
  type JsonNode,
  type JsonObjectNode,
  stringNode,
  stringOfLiteral,
  writeJsonTree,
} from '#libs/json-text';
import type { SmartCrusherConfig } from '../../../compression-config.js';
import type { Relevance } from '../../../query-relevance.js';
import { adaptiveSize } from './adaptive-size.js';
import { ErrorSigns, hasPreservedField } from './error-signals.js';
import { anomalies, changePoints, lengthAnomalies, momentsOf } from './number-signals.js';
import { rareRows, rareTexts } from './rare-values.js';
import { columnsOf } from './row-columns.js';
import { selectItems } from './select-items.js';

type Group = 'rows' | 'lists' | 'string' | 'number' | 'literal';

/** Of the maximum, so much is chosen; the rest is room for what must be kept beside it. */
const CHOSEN_SHARE = 0.8;
/** About what the marker costs; it takes the places of the items that would cost as much. */
const MARKER_CHARACTERS = 100;
/** The query gets this many places of an array even where errors and anomalies have taken all of them. */
const MIN_RELEVANT = 5;

/** Which of some items, given as nodes and as text, the user asked for. */
export type ItemRelevance = (nodes: readonly JsonNode[], texts: readonly string[]) => Relevance;

export interface CrushSignals {
  readonly config: SmartCrusherConfig;
  readonly relevance: ItemRelevance;
}

/** What remains of an array: the items in their order, and for numbers a summary of all of them. */
export interface CrushedArray {
  readonly items: JsonNode[];
  readonly kept: number;
}

/** The items of one kind that an array holds, by their positions in it. */
interface Members {
  readonly group: Group;
  readonly nodes: readonly JsonNode[];
  readonly positions: readonly number[];
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
  for (const members of groups) {
    const chosen = judged.includes(members) ? keptOf(members, signals, 1 / judged.length) : undefined;
    for (const place of chosen ?? members.nodes.keys()) kept.add(members.positions[place] ?? 0);
  }
  if (kept.size >= items.length) return undefined;
  const remaining = items.filter((_, index) => kept.has(index));
  if (groups.length === 1 && groups[0]?.group === 'number') remaining.push(stringNode(summaryOf(items)));
  return { items: remaining, kept: kept.size };
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

/** The places among the members that are kept, of the array's places only a share. */
function keptOf({ group, nodes }: Members, { config, relevance }: CrushSignals, share: number): number[] {
  const texts = nodes.map((node) =>
    node.kind === 'string' ? stringOfLiteral(node.text) : writeJsonTree(node),
  );
  const distinct = isToldOnce(group, config) ? [...firstOccurrences(texts)] : undefined;
  if (distinct !== undefined && distinct.length < texts.length) {
    const pick = <T>(values: readonly T[]): T[] => distinct.flatMap((place) => values[place] ?? []);
    const places = choose(group, pick(nodes), pick(texts), config, relevance, share);
    return places.map((place) => distinct[place] ?? 0);
  }
  return choose(group, nodes, texts, config, relevance, share);
}

/** Strings and literals that repeat are told once. */
function isToldOnce(group: Group, config: SmartCrusherConfig): boolean {
  return group === 'literal' || (group === 'string' && config.dedupIdenticalItems);
}

function firstOccurrences(texts: readonly string[]): Iterable<number> {
  const first = new Map<string, number>();
  for (const [index, text] of texts.entries()) if (!first.has(text)) first.set(text, index);
  return first.values();
}

function choose(
  group: Group,
  nodes: readonly JsonNode[],
  texts: readonly string[],
  config: SmartCrusherConfig,
  relevance: ItemRelevance,
  share: number,
): number[] {
  const least = Math.min(
    config.maxItemsAfterCrush,
    Math.max(config.minItemsToAnalyze, config.keepFirst + config.keepLast),
  );
  const most = Math.max(
    least,
    Math.floor((config.maxItemsAfterCrush - placesOfMarker(texts)) * CHOSEN_SHARE * share),
  );
  if (nodes.length <= least) return [...nodes.keys()];
  const { required, tail } = standingOut(group, nodes, texts, config);
  const { named, ranked } = relevance(nodes, texts);
  for (const place of named) required.add(place);
  return selectItems(texts, {
    size: adaptiveSize(texts, least, most),
    firstFraction: config.firstFraction,
    lastFraction: config.lastFraction,
    keepFirst: config.keepFirst,
    keepLast: config.keepLast,
    required,
    relevant: ranked,
    minRelevant: Math.ceil(MIN_RELEVANT * share),
    tail,
    skipsTwins: config.dedupIdenticalItems,
  });
}

function placesOfMarker(texts: readonly string[]): number {
  const characters = texts.reduce((sum, text) => sum + text.length + 1, 0);
  return Math.round((MARKER_CHARACTERS * texts.length) / Math.max(1, characters));
}

interface StandingOut {
  readonly required: Set<number>;
  readonly tail: readonly number[];
}

/** Errors, preserved fields, anomalies, change points and rare values; and what lies in the tails of distributions. */
function standingOut(
  group: Group,
  nodes: readonly JsonNode[],
  texts: readonly string[],
  config: SmartCrusherConfig,
): StandingOut {
  const required = new Set<number>();
  const tails: (readonly number[])[] = [];
  const require = (places: Iterable<number>): void => {
    for (const place of places) required.add(place);
  };
  const judgeNumbers = (values: Float64Array): void => {
    const found = anomalies(values, config.anomalyStdThreshold);
    require(found.outliers);
    tails.push(found.tail);
    if (config.preserveChangePoints) require(changePoints(values, config.anomalyStdThreshold));
  };
  const judgeLengths = (values: Float64Array): void => {
    require(lengthAnomalies(values, config.anomalyStdThreshold));
  };
  const signs = new ErrorSigns();
  for (const [place, node] of nodes.entries()) {
    if (config.preserveErrors && signs.isError(node, texts[place] ?? '')) required.add(place);
    if (config.preserveFields.length > 0 && hasPreservedField(node, config.preserveFields))
      required.add(place);
  }
  if (group === 'number') judgeNumbers(Float64Array.from(texts, Number));
  if (group === 'string') {
    judgeLengths(Float64Array.from(texts, ({ length }) => length));
    require(rareTexts(texts));
  }
  if (group === 'rows' || group === 'lists') {
    const columns = columnsOf(nodes.filter(isRow));
    for (const { numbers, lengths } of columns) {
      if (numbers !== undefined) judgeNumbers(numbers);
      if (lengths !== undefined) judgeLengths(lengths);
    }
    require(rareRows(columns, nodes.length));
  }
  return { required, tail: inTurns(tails, config.maxItemsAfterCrush) };
}

/** The first of each list, then the second of each, up to a number of them in all. */
function inTurns(lists: readonly (readonly number[])[], most: number): number[] {
  const taken = new Set<number>();
  for (let turn = 0; turn < most && taken.size < most; turn++) {
    for (const list of lists) {
      const next = list[turn];
      if (next !== undefined) taken.add(next);
    }
  }
  return [...taken].slice(0, most);
}

function isRow(node: JsonNode): node is JsonObjectNode | JsonArrayNode {
  return node.kind === 'object' || node.kind === 'array';
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
