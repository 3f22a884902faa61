import { parseJsonTree, type JsonNode, type JsonObjectNode, stringOfLiteral } from '#libs/json-text';
import { analyse } from '#libs/relevance';
import { DATA_KEY } from './field-names.js';
import { isEmptyValue, membersOf } from './field-traits.js';
import { rowsOf } from './rows.js';

/** Which fields a retrieval by query was about. */
export interface MatchedFields {
  /** Fields that the query names, or in whose values its words stand; sorted. */
  readonly queried: readonly string[];
  /** Fields that have a value in what was found and in few of the other rows; sorted. */
  readonly exceptional: readonly string[];
}

const NOTHING: MatchedFields = { queried: [], exceptional: [] };
const MAX_CHARACTERS = 400_000;
/** The best matches tell what was meant. */
const BEST = 5;
/** A field that more rows have is nothing exceptional. */
const FEW = 0.34;
/** Of the fields that hold words of the query, those nearly as much like it as the most alike are meant. */
const NEARLY = 0.6;

/**
 * Which fields a query hit: judged by the best of the items found, against the whole they were found in. No part of
 * the query and no value is in the answer.
 */
export function matchedFields(query: string, found: readonly string[], whole: string): MatchedFields {
  const items = found.slice(0, BEST).flatMap(objectOf);
  if (items.length === 0) return NOTHING;
  const terms = new Set(analyse(query));
  const likeness = new Map<string, number>();
  const filled = new Map<string, number>();
  for (const item of items) {
    for (const [name, value] of membersOf(item)) {
      if (name === DATA_KEY || name.endsWith(`.${DATA_KEY}`)) continue;
      if (!isEmptyValue(value)) filled.set(name, (filled.get(name) ?? 0) + 1);
      likeness.set(name, Math.max(likeness.get(name) ?? 0, likenessOf(terms, name, value)));
    }
  }
  const best = Math.max(...likeness.values(), 0);
  const queried = [...likeness].filter(([, share]) => share > 0 && share >= best * NEARLY);
  const always = [...filled].filter(([, count]) => count === items.length);
  return { queried: namesOf(queried), exceptional: exceptionalOf(namesOf(always), whole) };
}

function namesOf(fields: readonly (readonly [string, number])[]): string[] {
  return fields.map(([name]) => name).sort();
}

/** 1 where the query is the value, or names the field; less where the value says more than was asked. */
function likenessOf(terms: ReadonlySet<string>, name: string, value: JsonNode): number {
  const own = analyse(name.slice(name.lastIndexOf('.') + 1));
  if (own.length > 0 && own.every((term) => terms.has(term))) return 1;
  const said = new Set(analyse(textOf(value)));
  const shared = [...said].filter((term) => terms.has(term)).length;
  return shared === 0 ? 0 : (2 * shared) / (said.size + terms.size);
}

function exceptionalOf(names: readonly string[], whole: string): string[] {
  const document = whole.length > MAX_CHARACTERS ? undefined : parseJsonTree(whole);
  const rows = document === undefined ? [] : rowsOf(document).rows;
  if (rows.length < 3) return [];
  const counts = new Map<string, number>();
  for (const row of rows) {
    for (const [name, value] of membersOf(row))
      if (!isEmptyValue(value)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return names.filter((name) => (counts.get(name) ?? 0) <= rows.length * FEW);
}

function objectOf(text: string): JsonObjectNode[] {
  const node = text.length > MAX_CHARACTERS ? undefined : parseJsonTree(text);
  return node?.kind === 'object' ? [node] : [];
}

function textOf(value: JsonNode): string {
  if (value.kind === 'string') return stringOfLiteral(value.text);
  if (value.kind === 'array') return value.items.map(textOf).join(' ');
  return value.kind === 'object' ? '' : value.text;
}
