import {
  type JsonArrayNode,
  type JsonNode,
  type JsonObjectNode,
  stringOfLiteral,
  writeJsonTree,
} from '#libs/json-text';
import type { SmartCrusherConfig } from '../../../compression-config.js';
import type { Relevance } from '../../../query-relevance.js';
import { adaptiveSize } from './adaptive-size.js';
import { ErrorSigns, hasPreservedField } from './error-signals.js';
import { leftOut } from './left-out.js';
import { anomalies, changePoints, lengthAnomalies } from './number-signals.js';
import { rareRows, rareTexts } from './rare-values.js';
import { leftOutValues, rowsSought } from './learned-fields.js';
import { type Column, columnsOf } from './row-columns.js';
import { selectItems } from './select-items.js';

/** Objects, arrays, and the scalars by their kind. */
export type Group = 'rows' | 'lists' | 'string' | 'number' | 'literal';

/** So many places of the maximum are left for what must be kept beside the choice. */
const PLACES_LEFT = 3;
/** About what the marker costs; it takes the places of the items that would cost as much. */
const MARKER_CHARACTERS = 100;
/** The query gets this many places of an array even where errors and anomalies have taken all of them. */
const MIN_RELEVANT = 5;

/** Which of some items, given as nodes and as text, the user asked for. */
export type ItemRelevance = (nodes: readonly JsonNode[], texts: readonly string[]) => Relevance;

export interface CrushSignals {
  readonly config: SmartCrusherConfig;
  readonly relevance: ItemRelevance;
  /** Once true, nothing more is judged and everything kept. */
  readonly isLate: () => boolean;
}

/** Which items of one kind are kept, by their places among their own, and what the others were. */
export interface Judgement {
  readonly kept: readonly number[];
  readonly leftOut?: string | undefined;
}

/** The items of one kind in an array; of the array's places only `share` is theirs. */
export function judgeGroup(
  { group, nodes }: { readonly group: Group; readonly nodes: readonly JsonNode[] },
  signals: CrushSignals,
  share: number,
): Judgement {
  const texts = nodes.map((node) =>
    node.kind === 'string' ? stringOfLiteral(node.text) : writeJsonTree(node),
  );
  const distinct = isToldOnce(group, signals.config) ? [...firstOccurrences(texts)] : undefined;
  if (distinct !== undefined && distinct.length < texts.length) {
    const pick = <T>(values: readonly T[]): T[] => distinct.flatMap((place) => values[place] ?? []);
    const { kept } = new GroupJudge(group, pick(nodes), pick(texts), signals, share).judge();
    return { kept: kept.map((place) => distinct[place] ?? 0) };
  }
  return new GroupJudge(group, nodes, texts, signals, share).judge();
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

class GroupJudge {
  private readonly required = new Set<number>();
  private readonly tails: (readonly number[])[] = [];

  constructor(
    private readonly group: Group,
    private readonly nodes: readonly JsonNode[],
    private readonly texts: readonly string[],
    private readonly signals: CrushSignals,
    private readonly share: number,
  ) {}

  judge(): Judgement {
    const { group, nodes, texts, share } = this;
    const { config, relevance, isLate } = this.signals;
    const all = { kept: [...nodes.keys()] };
    const least = Math.min(
      config.maxItemsAfterCrush,
      Math.max(config.minItemsToAnalyze, config.keepFirst + config.keepLast),
    );
    if (nodes.length <= least || isLate()) return all;
    const places = (config.maxItemsAfterCrush - PLACES_LEFT - placesOfMarker(texts)) * share;
    this.requireErrorsAndFields();
    if (isLate()) return all;
    const columns = this.requireWhatStandsOut();
    if (isLate()) return all;
    const { named, ranked } = relevance(nodes, texts);
    this.require(named);
    const kept = selectItems(texts, {
      size: adaptiveSize(texts, least, Math.floor(places)),
      firstFraction: config.firstFraction,
      lastFraction: config.lastFraction,
      keepFirst: config.keepFirst,
      keepLast: config.keepLast,
      required: this.required,
      relevant: ranked,
      minRelevant: Math.ceil(MIN_RELEVANT * share),
      tail: inTurns(this.tails, config.maxItemsAfterCrush),
      skipsTwins: config.dedupIdenticalItems,
    });
    if (group !== 'rows') return { kept };
    const characters = kept.reduce((sum, place) => sum + (texts[place]?.length ?? 0), 0);
    const keptRows = new Set(kept);
    const told = leftOut(columns, nodes.length, keptRows, characters);
    const sought = leftOutValues(nodes, config.learnedFields, keptRows);
    return { kept, leftOut: sought === undefined ? told : [told ?? countOf(nodes, kept), sought].join('; ') };
  }

  private require(places: Iterable<number>): void {
    for (const place of places) this.required.add(place);
  }

  private requireErrorsAndFields(): void {
    const { preserveErrors, preserveFields } = this.signals.config;
    const signs = new ErrorSigns();
    for (const [place, node] of this.nodes.entries()) {
      const isError = preserveErrors && signs.isError(node, this.texts[place] ?? '');
      if (isError || (preserveFields.length > 0 && hasPreservedField(node, preserveFields)))
        this.required.add(place);
    }
  }

  /** Anomalies, change points and rare values; the tails of distributions are only noted. */
  private requireWhatStandsOut(): Column[] {
    const { group, nodes, texts } = this;
    const { config } = this.signals;
    if (group === 'number') this.judgeNumbers(Float64Array.from(texts, Number));
    if (group === 'string') {
      this.judgeLengths(Float64Array.from(texts, ({ length }) => length));
      this.require(rareTexts(texts));
    }
    if (group !== 'rows' && group !== 'lists') return [];
    const columns = columnsOf(nodes.filter(isRow));
    for (const { numbers, lengths } of columns) {
      if (numbers !== undefined) this.judgeNumbers(numbers);
      if (lengths !== undefined) this.judgeLengths(lengths);
    }
    this.require(rareRows(columns, nodes.length));
    this.require(rowsSought(nodes, config.learnedFields, config.maxItemsAfterCrush));
    return columns;
  }

  private judgeNumbers(values: Float64Array): void {
    const { anomalyStdThreshold, preserveChangePoints } = this.signals.config;
    const { outliers, tail } = anomalies(values, anomalyStdThreshold);
    this.require(outliers);
    this.tails.push(tail);
    if (preserveChangePoints) this.require(changePoints(values, anomalyStdThreshold));
  }

  private judgeLengths(values: Float64Array): void {
    this.require(lengthAnomalies(values, this.signals.config.anomalyStdThreshold));
  }
}

function countOf(nodes: readonly JsonNode[], kept: readonly number[]): string {
  return `${String(nodes.length - kept.length)} left out`;
}

function placesOfMarker(texts: readonly string[]): number {
  const characters = texts.reduce((sum, text) => sum + text.length + 1, 0);
  return Math.round((MARKER_CHARACTERS * texts.length) / Math.max(1, characters));
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
