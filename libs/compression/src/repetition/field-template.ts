import type { JsonNode } from '#libs/json-text';

/** What lies deeper is written as it is. */
const MAX_DEPTH = 8;

/** The names of fields and their order, without their values. */
export type FieldTemplate =
  | {
      readonly kind: 'fields';
      readonly keys: readonly string[];
      readonly templates: readonly FieldTemplate[];
    }
  | { readonly kind: 'items'; readonly template: FieldTemplate }
  | { readonly kind: 'value' };

const VALUE: FieldTemplate = { kind: 'value' };

export function templateOf(node: JsonNode, depth = 0): FieldTemplate {
  if (depth > MAX_DEPTH) return VALUE;
  if (node.kind === 'object' && node.keys.length > 0)
    return {
      kind: 'fields',
      keys: node.keys,
      templates: node.values.map((value) => templateOf(value, depth + 1)),
    };
  const first = node.kind === 'array' ? node.items[0] : undefined;
  if (first === undefined) return VALUE;
  const template = templateOf(first, depth + 1);
  return template.kind === 'value' ? VALUE : { kind: 'items', template };
}

/**
 * A document as values alone, in the order of a template: `[["H9ZU1C", 3], …]`. An object that has other fields than
 * the template says stays an object.
 * @returns undefined when values and arrays of the document's own could be taken for each other.
 */
export function valuesOf(node: JsonNode, template: FieldTemplate): JsonNode | undefined {
  if (template.kind === 'value') return node;
  if (template.kind === 'items') {
    if (node.kind !== 'array') return node;
    return arrayOf(node.items.map((item) => valuesOf(item, template.template)));
  }
  if (node.kind === 'array') return undefined;
  if (node.kind !== 'object' || !hasKeys(node.keys, template.keys)) return node;
  return arrayOf(node.values.map((value, index) => valuesOf(value, template.templates[index] ?? VALUE)));
}

/** The inverse of {@link valuesOf}. */
export function fromValues(values: JsonNode, template: FieldTemplate): JsonNode {
  if (template.kind === 'value' || values.kind !== 'array') return values;
  if (template.kind === 'items')
    return { kind: 'array', items: values.items.map((item) => fromValues(item, template.template)) };
  return {
    kind: 'object',
    keys: [...template.keys],
    values: values.items.map((value, index) => fromValues(value, template.templates[index] ?? VALUE)),
  };
}

function arrayOf(items: readonly (JsonNode | undefined)[]): JsonNode | undefined {
  const known = items.filter((item) => item !== undefined);
  return known.length === items.length ? { kind: 'array', items: known } : undefined;
}

function hasKeys(keys: readonly string[], expected: readonly string[]): boolean {
  return keys.length === expected.length && keys.every((key, index) => key === expected[index]);
}
