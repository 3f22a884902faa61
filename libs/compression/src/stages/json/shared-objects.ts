import { type JsonNode, type JsonObjectNode, stringNode } from '#libs/json-text';
import { TABLE_KEYS } from './table-keys.js';

/** What lies deeper is neither named nor looked into. */
const MAX_DEPTH = 60;
/** Objects that are written shorter cost less than their name would. */
const MIN_LENGTH = 24;
/** So many objects of one kind, in an array or under keys, are better told as rows of a table where they stand. */
const MIN_ROWS = 8;
/** A kind of objects is named when this share of them repeats another one. */
const REPEATED_SHARE = 0.5;
/** Where a kind stands at several places it is named from so many objects on. */
const MIN_OBJECTS = 3;
/** A document grows at most so many times by expanding its names: a few characters could stand for gigabytes. */
const MAX_GROWTH = 200;

/** What a name begins with: the first that begins no string of the document. */
const NAME_SIGNS = ['*', '&', '@', '~', '**', '&&'];

/** Objects with the same keys in the same order. */
interface Kind {
  readonly number: number;
  readonly objects: Map<number, JsonObjectNode>;
  readonly places: Set<string>;
  occurrences: number;
}

/**
 * Gives objects that stand at several places a name: `{"_names":[{"*1":{…},"*2":{…}}],"_doc":[…"*1"…]}`, one group
 * of names for each kind, so that the objects of a kind can become a table.
 * @returns undefined when nothing is worth a name.
 */
export function withNames(document: JsonNode): JsonNode | undefined {
  return new ObjectNamer(document).write();
}

class ObjectNamer {
  private readonly ids = new Map<string, number>();
  private readonly idOf = new Map<JsonNode, number>();
  private readonly lengthOf = new Map<JsonNode, number>();
  private readonly kinds = new Map<string, Kind>();
  private readonly strings = new Set<string>();
  private readonly names = new Map<number, string>();
  private readonly groups: JsonObjectNode[] = [];
  private sign = '';

  constructor(private readonly document: JsonNode) {}

  write(): JsonNode | undefined {
    this.identify(this.document, 0);
    this.collect(this.document, '', false, 0);
    const sign = NAME_SIGNS.find((candidate) => !this.strings.has(candidate));
    if (sign === undefined) return undefined;
    this.sign = sign;
    const named = [...this.kinds.values()].filter(isWorthNaming);
    if (named.length === 0) return undefined;
    for (const { objects } of named) {
      const group: JsonObjectNode = { kind: 'object', keys: [], values: [] };
      for (const [id, object] of objects) {
        const name = `"${sign}${String(this.names.size + 1)}"`;
        this.names.set(id, name);
        group.keys.push(name);
        group.values.push(object);
      }
      this.groups.push(group);
    }
    const groups = this.groups.map((group): JsonNode => ({
      ...group,
      values: group.values.map((value) => this.inside(value, 0)),
    }));
    return {
      kind: 'object',
      keys: [TABLE_KEYS.names, TABLE_KEYS.document],
      values: [{ kind: 'array', items: groups }, this.replaced(this.document, false, 0)],
    };
  }

  /** Equal values get the same number. */
  private identify(node: JsonNode, depth: number): number {
    let key: string;
    let length: number;
    if (node.kind === 'array' || node.kind === 'object') {
      const children = node.kind === 'array' ? node.items : node.values;
      const keys = node.kind === 'object' ? node.keys : [];
      const ids: number[] = [];
      length = 2;
      if (depth < MAX_DEPTH) {
        for (const child of children) {
          ids.push(this.identify(child, depth + 1));
          length += (this.lengthOf.get(child) ?? child.kind.length) + 1;
        }
      } else ids.push(-1 - this.ids.size);
      for (const name of keys) length += name.length + 1;
      key = node.kind === 'array' ? `[${ids.join()}` : `{${keys.join()}:${ids.join()}`;
    } else {
      key = node.text;
      length = key.length;
      if (node.kind === 'string') this.noteSign(key);
    }
    let id = this.ids.get(key);
    if (id === undefined) this.ids.set(key, (id = this.ids.size));
    // Literals such as `true` are one node for all places.
    this.idOf.set(node, id);
    this.lengthOf.set(node, length);
    return id;
  }

  private noteSign(literal: string): void {
    for (const sign of NAME_SIGNS) if (literal.startsWith(sign, 1)) this.strings.add(sign);
  }

  /** Collects the kinds of objects; what stands as a row of a table is none. */
  private collect(node: JsonNode, place: string, isRow: boolean, depth: number): void {
    if (depth >= MAX_DEPTH) return;
    if (node.kind === 'array') {
      const areRows = isTabular(node.items);
      for (const item of node.items) this.collect(item, `${place}.*`, areRows, depth + 1);
      return;
    }
    if (node.kind !== 'object') return;
    const areRows = isTabular(node.values);
    if (!isRow && !areRows && (this.lengthOf.get(node) ?? 0) >= MIN_LENGTH) {
      const id = this.idOf.get(node) ?? -1;
      const kind = this.kindOf(node);
      kind.occurrences++;
      kind.places.add(place);
      if (kind.objects.has(id)) return;
      kind.objects.set(id, node);
    }
    for (const [index, value] of node.values.entries()) {
      this.collect(value, `${place}.${areRows ? '*' : (node.keys[index] ?? '')}`, areRows, depth + 1);
    }
  }

  private kindOf(node: JsonObjectNode): Kind {
    const keys = node.keys.join();
    let kind = this.kinds.get(keys);
    if (kind === undefined) {
      kind = { number: this.kinds.size, objects: new Map(), places: new Set(), occurrences: 0 };
      this.kinds.set(keys, kind);
    }
    return kind;
  }

  private replaced(node: JsonNode, isRow: boolean, depth: number): JsonNode {
    if (depth >= MAX_DEPTH || (node.kind !== 'array' && node.kind !== 'object')) return node;
    const name = node.kind === 'object' && !isRow ? this.names.get(this.idOf.get(node) ?? -1) : undefined;
    return name === undefined ? this.inside(node, depth) : { kind: 'string', text: name };
  }

  private inside(node: JsonNode, depth: number): JsonNode {
    if (node.kind !== 'array' && node.kind !== 'object') return node;
    const children = node.kind === 'array' ? node.items : node.values;
    const areRows = isTabular(children);
    const replaced = children.map((child) => this.replaced(child, areRows, depth + 1));
    return node.kind === 'array'
      ? { kind: 'array', items: replaced }
      : { kind: 'object', keys: node.keys, values: replaced };
  }
}

function isWorthNaming({ objects, places, occurrences }: Kind): boolean {
  const repeated = occurrences - objects.size;
  if (repeated > 0 && repeated >= occurrences * REPEATED_SHARE) return true;
  return places.size > 1 && occurrences >= MIN_OBJECTS;
}

function isTabular(nodes: readonly JsonNode[]): boolean {
  return nodes.length >= MIN_ROWS && nodes.every((node) => node.kind === 'object');
}

/** The inverse of {@link withNames}; a document without names comes back as it is. */
export function withoutNames(document: JsonNode): JsonNode {
  if (
    document.kind !== 'object' ||
    document.keys[0] !== TABLE_KEYS.names ||
    document.keys[1] !== TABLE_KEYS.document
  ) {
    return document;
  }
  const [groups, body] = document.values;
  const values = new Map<string, JsonNode>();
  for (const group of groups?.kind === 'array' ? groups.items : []) {
    if (group.kind !== 'object') continue;
    for (const [index, name] of group.keys.entries()) values.set(name, group.values[index] ?? stringNode(''));
  }
  let allowed = nodesOf(document) * MAX_GROWTH;
  const expand = (node: JsonNode, depth: number): JsonNode | undefined => {
    if (--allowed < 0 || depth > 4 * MAX_DEPTH) return undefined;
    if (node.kind === 'string') {
      const value = values.get(node.text);
      return value === undefined ? node : expand(value, depth + 1);
    }
    if (node.kind !== 'array' && node.kind !== 'object') return node;
    const children: JsonNode[] = [];
    for (const child of node.kind === 'array' ? node.items : node.values) {
      const expanded = expand(child, depth + 1);
      if (expanded === undefined) return undefined;
      children.push(expanded);
    }
    return node.kind === 'array'
      ? { kind: 'array', items: children }
      : { kind: 'object', keys: node.keys, values: children };
  };
  return (body && expand(body, 0)) ?? document;
}

function nodesOf(root: JsonNode): number {
  const open: JsonNode[] = [root];
  let nodes = 0;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    nodes++;
    if (node.kind === 'array') for (const item of node.items) open.push(item);
    if (node.kind === 'object') for (const value of node.values) open.push(value);
  }
  return nodes;
}
