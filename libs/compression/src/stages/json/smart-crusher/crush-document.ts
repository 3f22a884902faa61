import type { JsonNode } from '#libs/json-text';
import type { SmartCrusherConfig } from '../../../compression-config.js';
import { relevantItems } from '../../../query-relevance.js';
import { crushArray } from './crush-array.js';
import type { CrushSignals, ItemRelevance } from './judge-group.js';
import { MAX_DEPTH } from './max-depth.js';

export interface CrushedDocument {
  readonly document: JsonNode;
  /** Items of the arrays that lost some, before and after. */
  readonly itemsBefore: number;
  readonly itemsAfter: number;
  /** What the array that lost most items lost, such as `985 left out: status ok 940, pending 45`. */
  readonly leftOut?: string | undefined;
}

/**
 * SmartCrusher over a document: crushes its arrays from the outside in; what was dropped is not looked into. Without
 * `relevance` items are matched with the query by their words.
 * @returns undefined when nothing can go, or when time is up.
 */
export function crushDocument(
  document: JsonNode,
  config: SmartCrusherConfig,
  query: string,
  relevance: ItemRelevance = (_, texts) =>
    relevantItems(texts, query, config.relevanceThreshold, 4 * config.maxItemsAfterCrush),
  isLate: () => boolean = () => false,
): CrushedDocument | undefined {
  const crusher = new DocumentCrusher({ config, relevance, isLate });
  const crushed = crusher.visit(document, 0);
  const { itemsBefore, itemsAfter, leftOut } = crusher;
  return itemsBefore === 0 || crusher.isStopped
    ? undefined
    : { document: crushed, itemsBefore, itemsAfter, leftOut };
}

class DocumentCrusher {
  itemsBefore = 0;
  itemsAfter = 0;
  isStopped = false;
  leftOut: string | undefined;
  private mostDropped = 0;

  constructor(private readonly signals: CrushSignals) {}

  visit(node: JsonNode, depth: number): JsonNode {
    if (depth > MAX_DEPTH || (node.kind !== 'array' && node.kind !== 'object')) return node;
    if (node.kind === 'object') {
      return {
        kind: 'object',
        keys: node.keys,
        values: node.values.map((value) => this.visit(value, depth + 1)),
      };
    }
    this.isStopped ||= this.signals.isLate();
    if (this.isStopped) return node;
    const crushed = crushArray(node.items, this.signals);
    this.isStopped ||= this.signals.isLate();
    if (crushed !== undefined) {
      this.itemsBefore += node.items.length;
      this.itemsAfter += crushed.kept;
      const dropped = node.items.length - crushed.kept;
      if (dropped > this.mostDropped) this.leftOut = crushed.leftOut;
      this.mostDropped = Math.max(this.mostDropped, dropped);
    }
    return {
      kind: 'array',
      items: (crushed?.items ?? node.items).map((item) => this.visit(item, depth + 1)),
    };
  }
}
