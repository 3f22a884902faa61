/** A scalar keeps its own text: `1.0` stays `1.0`, and an escape stays the escape that was written. */
export interface JsonScalar {
  readonly kind: 'string' | 'number' | 'literal';
  readonly text: string;
}

export interface JsonArrayNode {
  readonly kind: 'array';
  readonly items: JsonNode[];
}

/** Members in text order, duplicates included; `keys` are string literals with their quotes. */
export interface JsonObjectNode {
  readonly kind: 'object';
  readonly keys: string[];
  readonly values: JsonNode[];
}

/** A JSON document as it was written: everything but the white space between its tokens. */
export type JsonNode = JsonScalar | JsonArrayNode | JsonObjectNode;

type Container = JsonArrayNode | JsonObjectNode;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERALS: readonly JsonScalar[] = ['true', 'false', 'null'].map((text) => ({ kind: 'literal', text }));

/**
 * Parses strict JSON (RFC 8259) without recursion, so no nesting is too deep.
 * @returns undefined when the text is not JSON.
 */
export function parseJsonTree(text: string): JsonNode | undefined {
  return new TreeParser(text).parse();
}

class TreeParser {
  private position = 0;
  private readonly open: Container[] = [];
  private pendingKey = '';

  constructor(private readonly text: string) {}

  parse(): JsonNode | undefined {
    for (;;) {
      this.skipSpace();
      const node = this.readStart();
      if (node === undefined) return undefined;
      if (node.kind === 'array' || node.kind === 'object') {
        const state = this.enter(node);
        if (state === 'bad') return undefined;
        if (state === 'entered') continue;
      }
      let done: JsonNode = node;
      for (;;) {
        const parent = this.open.at(-1);
        if (parent === undefined) return this.atEnd() ? done : undefined;
        this.attach(parent, done);
        const next = this.afterValue(parent);
        if (next === 'bad') return undefined;
        if (next === 'more') break;
        done = parent;
        this.open.pop();
      }
    }
  }

  private readStart(): JsonNode | undefined {
    const { text } = this;
    const code = text.charCodeAt(this.position);
    if (code === 0x22) {
      const literal = this.readString();
      return literal === undefined ? undefined : { kind: 'string', text: literal };
    }
    if (code === 0x7b) return { kind: 'object', keys: [], values: [] };
    if (code === 0x5b) return { kind: 'array', items: [] };
    for (const literal of LITERALS) {
      if (text.startsWith(literal.text, this.position)) {
        this.position += literal.text.length;
        return literal;
      }
    }
    NUMBER.lastIndex = this.position;
    if (!NUMBER.test(text)) return undefined;
    const start = this.position;
    this.position = NUMBER.lastIndex;
    return { kind: 'number', text: text.slice(start, this.position) };
  }

  /** Steps into a container; an empty one is already complete. */
  private enter(node: Container): 'entered' | 'empty' | 'bad' {
    this.position++;
    this.skipSpace();
    if (this.text.charCodeAt(this.position) === (node.kind === 'array' ? 0x5d : 0x7d)) {
      this.position++;
      return 'empty';
    }
    if (node.kind === 'object' && !this.readKey()) return 'bad';
    if (node.kind === 'object') node.keys.push(this.pendingKey);
    this.open.push(node);
    return 'entered';
  }

  private attach(parent: Container, node: JsonNode): void {
    if (parent.kind === 'array') parent.items.push(node);
    else parent.values.push(node);
  }

  private afterValue(parent: Container): 'more' | 'closed' | 'bad' {
    this.skipSpace();
    const code = this.text.charCodeAt(this.position++);
    if (code === 0x2c) {
      if (parent.kind === 'array') return 'more';
      this.skipSpace();
      if (!this.readKey()) return 'bad';
      parent.keys.push(this.pendingKey);
      return 'more';
    }
    return code === (parent.kind === 'array' ? 0x5d : 0x7d) ? 'closed' : 'bad';
  }

  private readKey(): boolean {
    if (this.text.charCodeAt(this.position) !== 0x22) return false;
    const key = this.readString();
    if (key === undefined) return false;
    this.skipSpace();
    if (this.text.charCodeAt(this.position++) !== 0x3a) return false;
    this.pendingKey = key;
    return true;
  }

  private readString(): string | undefined {
    const { text } = this;
    const start = this.position;
    for (let at = start + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x22) {
        this.position = at + 1;
        return text.slice(start, at + 1);
      }
      if (code < 0x20) return undefined;
      if (code !== 0x5c) continue;
      at++;
      const escaped = text.charAt(at);
      if (escaped === 'u') {
        if (!/^[0-9a-fA-F]{4}$/.test(text.slice(at + 1, at + 5))) return undefined;
        at += 4;
      } else if (escaped === '' || !'"\\/bfnrt'.includes(escaped)) return undefined;
    }
    return undefined;
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.position);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.position++;
    }
  }

  private atEnd(): boolean {
    this.skipSpace();
    return this.position === this.text.length;
  }
}

/** What stands between the members of a container, and between a key and its value. */
export interface JsonSeparators {
  readonly comma: string;
  readonly colon: string;
}

const COMPACT: JsonSeparators = { comma: ',', colon: ':' };

/** Writes a document without white space, without recursion; what was parsed comes out in its own literals. */
export function writeJsonTree(root: JsonNode): string {
  return writeJsonWith(root, COMPACT);
}

/** Concatenating is two to three times as fast as joining pieces; what lies deeper is written without recursion. */
const CONCATENATED_LEVELS = 64;

/** Writes a document with white space in its separators. */
export function writeJsonWith(root: JsonNode, separators: JsonSeparators): string {
  return concatenated(root, separators, 0);
}

function concatenated(node: JsonNode, separators: JsonSeparators, depth: number): string {
  if (node.kind !== 'array' && node.kind !== 'object') return node.text;
  if (depth === CONCATENATED_LEVELS) return joined(node, separators);
  const { comma, colon } = separators;
  let text = '';
  if (node.kind === 'array') {
    for (const item of node.items) {
      if (text !== '') text += comma;
      text += concatenated(item, separators, depth + 1);
    }
    return `[${text}]`;
  }
  let next = 0;
  for (const value of node.values) {
    if (next > 0) text += comma;
    text += (node.keys[next++] ?? '""') + colon + concatenated(value, separators, depth + 1);
  }
  return `{${text}}`;
}

function joined(root: JsonNode, { comma, colon }: JsonSeparators): string {
  const pieces: string[] = [];
  const open: { node: Container; next: number }[] = [];
  let node: JsonNode | undefined = root;
  for (;;) {
    if (node !== undefined) {
      if (node.kind === 'array' || node.kind === 'object') {
        pieces.push(node.kind === 'array' ? '[' : '{');
        open.push({ node, next: 0 });
      } else pieces.push(node.text);
    }
    const top = open.at(-1);
    if (top === undefined) return pieces.join('');
    const { node: container, next } = top;
    const children: readonly JsonNode[] = container.kind === 'array' ? container.items : container.values;
    node = children[next];
    if (node === undefined) {
      pieces.push(container.kind === 'array' ? ']' : '}');
      open.pop();
      continue;
    }
    if (next > 0) pieces.push(comma);
    if (container.kind === 'object') pieces.push(container.keys[next] ?? '""', colon);
    top.next++;
  }
}

/** How many characters {@link writeJsonTree} would write. */
export function writtenJsonLength(root: JsonNode): number {
  const open: JsonNode[] = [root];
  let length = 0;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === 'array') {
      length += 1 + Math.max(1, node.items.length);
      for (const item of node.items) open.push(item);
    } else if (node.kind === 'object') {
      length += 1 + Math.max(1, node.keys.length);
      for (const key of node.keys) length += key.length + 1;
      for (const value of node.values) open.push(value);
    } else length += node.text.length;
  }
  return length;
}

/** The value of a string literal; lone surrogates and all escapes included. */
export function stringOfLiteral(literal: string): string {
  return literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
}

export function stringNode(value: string): JsonScalar {
  return { kind: 'string', text: JSON.stringify(value) };
}
