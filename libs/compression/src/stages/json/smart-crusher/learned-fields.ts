import { type JsonNode, stringOfLiteral } from '#libs/json-text';
import { isEmptyValue } from '#libs/learning';

/** A field that more of the rows have is nothing that tells rows apart. */
const FEW = 0.34;
/** Of what is left out, the values of the learned fields may cost this share of the characters of all rows. */
const MAX_SHARE = 0.15;
const MAX_VALUE_CHARACTERS = 60;

/** The rows that have a value in a learned field which few others have; none where they are more than `most`. */
export function rowsSought(nodes: readonly JsonNode[], fields: readonly string[], most: number): number[] {
  return fields.flatMap((field) => {
    const rows = [...nodes.keys()].filter((row) => hasValue(valueAt(nodes[row], field)));
    return rows.length <= Math.min(most, nodes.length * FEW) ? rows : [];
  });
}

/**
 * What the rows that were left out hold in the learned fields, each distinct value once: `name: lodash, async`. What
 * was asked for before can be seen, and then asked for by name.
 */
export function leftOutValues(
  nodes: readonly JsonNode[],
  fields: readonly string[],
  kept: ReadonlySet<number>,
): string | undefined {
  if (fields.length === 0 || kept.size === nodes.length) return undefined;
  let budget = nodes.reduce((sum, node) => sum + lengthOf(node), 0) * MAX_SHARE;
  const told: string[] = [];
  for (const field of fields) {
    const valuesOf = (isKept: boolean): Set<string> => {
      const rows = nodes.filter((_, row) => kept.has(row) === isKept);
      return new Set(rows.flatMap((node) => toldValue(valueAt(node, field)) ?? []));
    };
    const inSight = valuesOf(true);
    const values = [...valuesOf(false)].filter((value) => !inSight.has(value));
    const text = `${field}: ${values.join(', ')}`;
    if (values.length === 0 || text.length > budget) continue;
    told.push(text);
    budget -= text.length;
  }
  return told.length === 0 ? undefined : told.join('; ');
}

function valueAt(node: JsonNode | undefined, field: string): JsonNode | undefined {
  const whole = memberOf(node, field);
  const dot = field.indexOf('.');
  return whole ?? (dot < 0 ? undefined : memberOf(memberOf(node, field.slice(0, dot)), field.slice(dot + 1)));
}

function memberOf(node: JsonNode | undefined, key: string): JsonNode | undefined {
  if (node?.kind !== 'object') return undefined;
  return node.values[node.keys.indexOf(JSON.stringify(key))];
}

function hasValue(value: JsonNode | undefined): value is JsonNode {
  return value !== undefined && !isEmptyValue(value);
}

function toldValue(value: JsonNode | undefined): string | undefined {
  if (!hasValue(value) || value.kind === 'array' || value.kind === 'object') return undefined;
  const text = value.kind === 'string' ? stringOfLiteral(value.text) : value.text;
  return text.length <= MAX_VALUE_CHARACTERS && !text.includes('\n') ? text : undefined;
}

function lengthOf(node: JsonNode): number {
  if (node.kind === 'array') return node.items.reduce((sum, item) => sum + lengthOf(item) + 1, 2);
  if (node.kind !== 'object') return node.text.length;
  return node.values.reduce((sum, value, i) => sum + lengthOf(value) + (node.keys[i]?.length ?? 0) + 2, 2);
}
