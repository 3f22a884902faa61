import type { JsonNode } from '#libs/json-text';
import type { SmartCrusherConfig } from '../../../compression-config.js';
import { crushArray } from './crush-array.js';

/** Arrays nested deeper are not looked at. */
const MAX_DEPTH = 5;

export interface CrushedDocument {
  readonly document: JsonNode;
  /** Items of the arrays that lost some, before and after. */
  readonly itemsBefore: number;
  readonly itemsAfter: number;
}

/** SmartCrusher over a document: crushes its arrays from the outside in; what was dropped is not looked into. */
export function crushDocument(
  document: JsonNode,
  config: SmartCrusherConfig,
  query: string,
): CrushedDocument | undefined {
  let itemsBefore = 0;
  let itemsAfter = 0;
  const visit = (node: JsonNode, depth: number): JsonNode => {
    if (depth > MAX_DEPTH || (node.kind !== 'array' && node.kind !== 'object')) return node;
    if (node.kind === 'object') {
      return { kind: 'object', keys: node.keys, values: node.values.map((value) => visit(value, depth + 1)) };
    }
    const crushed = crushArray(node.items, { config, query });
    if (crushed !== undefined) {
      itemsBefore += node.items.length;
      itemsAfter += crushed.kept;
    }
    return { kind: 'array', items: (crushed?.items ?? node.items).map((item) => visit(item, depth + 1)) };
  };
  const result = visit(document, 0);
  return itemsBefore === 0 ? undefined : { document: result, itemsBefore, itemsAfter };
}
