import { type JsonNode, type JsonObjectNode, stringNode, writeJsonTree } from '#libs/json-text';
import { TABLE_KEYS } from './table-keys.js';

/** What lies deeper is neither named nor looked into. */
const MAX_DEPTH = 60;
/** Objects that are written shorter cost less than their name would. */
const MIN_LENGTH = 24;
/** So many objects of one kind, in an array or under keys, are better told as rows of a table where they stand. */
const MIN_ROWS = 8;
/** A kind of objects is named when this share of them repeats another one. */
const REPEATED_SHARE = 0.5;
/** Where a kind stands at several places, a smaller one; long ones need not repeat at all. */
const SOME_REPEATED = 0.1;
const LONG_OBJECT = 80;
/** Where a kind stands at several places it is named from so many objects on. */
const MIN_OBJECTS = 3;
/** A document grows at most so many times by expanding its names: a few characters could stand for gigabytes. */
const MAX_GROWTH = 200;

/** What a name begins with: the first that begins no string of the document. */
const NAME_SIGNS = ['*', '&', '@', '~', '**', '&&'];

/** Objects with the same keys in the same order. */
interface Kind {
  /** Their texts; each with the object. */
  readonly objects: Map<string, JsonObjectNode>;
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
  /** How often each kind occurs at all: what occurs once need not be looked at closely. */
  private readonly frequencies = new Map<string, number>();
  private readonly kinds = new Map<string, Kind>();
  private readonly textOf = new Map<JsonObjectNode, string>();
  private readonly takenSigns = new Set<string>();
  private readonly names = new Map<string, string>();

  constructor(private readonly document: JsonNode) {}

  write(): JsonNode | undefined {
    this.countKinds(this.document, false, 0);
    if (![...this.frequencies.values()].some((frequency) => frequency > 1)) return undefined;
    this.collect(this.document, '', false, 0);
    const kinds = [...this.kinds.values()].filter(isWorthNaming);
    const sign = NAME_SIGNS.find((candidate) => !this.takenSigns.has(candidate));
    if (kinds.length === 0 || sign === undefined) return undefined;
    const groups = kinds.map(({ objects }) => {
      const group: JsonObjectNode = { kind: 'object', keys: [], values: [] };
      for (const [text, object] of objects) {
        const name = `"${sign}${String(this.names.size + 1)}"`;
        this.names.set(text, name);
        group.keys.push(name);
        group.values.push(object);
      }
      return group;
    });
    const values = [
      { kind: 'array', items: groups.map((group) => this.inside(group, 0, true)) } as const,
      this.replaced(this.document, false, 0),
    ];
    return { kind: 'object', keys: [TABLE_KEYS.names, TABLE_KEYS.document], values };
  }

  private countKinds(node: JsonNode, isRow: boolean, depth: number): void {
    if (node.kind === 'string') {
      for (const sign of NAME_SIGNS) if (node.text.startsWith(sign, 1)) this.takenSigns.add(sign);
    }
    if (node.kind !== 'array' && node.kind !== 'object') return;
    // Names and what they stand for must not meet below the depth that is looked at.
    if (depth >= MAX_DEPTH) {
      for (const sign of NAME_SIGNS) this.takenSigns.add(sign);
      return;
    }
    const children = node.kind === 'array' ? node.items : node.values;
    const areRows = isTabular(children);
    if (node.kind === 'object' && !isRow && !areRows) {
      const kind = node.keys.join();
      this.frequencies.set(kind, (this.frequencies.get(kind) ?? 0) + 1);
    }
    for (const child of children) this.countKinds(child, areRows, depth + 1);
  }

  /** Collects the objects of kinds that occur more than once; what stands as a row of a table is none. */
  private collect(node: JsonNode, place: string, isRow: boolean, depth: number): void {
    if (depth >= MAX_DEPTH || (node.kind !== 'array' && node.kind !== 'object')) return;
    const children = node.kind === 'array' ? node.items : node.values;
    const areRows = isTabular(children);
    if (node.kind === 'object' && !isRow && !areRows && this.isKnown(node, place)) return;
    for (const [index, child] of children.entries()) {
      const key = node.kind === 'array' || areRows ? '*' : (node.keys[index] ?? '');
      this.collect(child, `${place}.${key}`, areRows, depth + 1);
    }
  }

  /** Notes an object; true when the same one was seen before. */
  private isKnown(node: JsonObjectNode, place: string): boolean {
    const keys = node.keys.join();
    if ((this.frequencies.get(keys) ?? 0) < 2) return false;
    const text = writeJsonTree(node);
    if (text.length < MIN_LENGTH) return false;
    let kind = this.kinds.get(keys);
    if (kind === undefined) {
      kind = { objects: new Map(), places: new Set(), occurrences: 0 };
      this.kinds.set(keys, kind);
    }
    this.textOf.set(node, text);
    kind.occurrences++;
    kind.places.add(place);
    if (kind.objects.has(text)) return true;
    kind.objects.set(text, node);
    return false;
  }

  private replaced(node: JsonNode, isRow: boolean, depth: number): JsonNode {
    if (depth >= MAX_DEPTH || (node.kind !== 'array' && node.kind !== 'object')) return node;
    const text = node.kind === 'object' && !isRow ? this.textOf.get(node) : undefined;
    const name = text === undefined ? undefined : this.names.get(text);
    return name === undefined ? this.inside(node, depth) : { kind: 'string', text: name };
  }

  /** The node with names for what lies in it; the members of a group of names stay what they are. */
  private inside(node: JsonNode, depth: number, isGroup = false): JsonNode {
    if (node.kind !== 'array' && node.kind !== 'object') return node;
    const children = node.kind === 'array' ? node.items : node.values;
    const areRows = isGroup || isTabular(children);
    const replaced = children.map((child) => this.replaced(child, areRows, depth + 1));
    return node.kind === 'array'
      ? { kind: 'array', items: replaced }
      : { kind: 'object', keys: node.keys, values: replaced };
  }
}

function isWorthNaming({ objects, places, occurrences }: Kind): boolean {
  const repeated = occurrences - objects.size;
  if (repeated > 0 && repeated >= occurrences * REPEATED_SHARE) return true;
  if (places.size < 2 || occurrences < MIN_OBJECTS) return false;
  const [first = ''] = objects.keys();
  return repeated >= occurrences * SOME_REPEATED || first.length >= LONG_OBJECT;
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
