/** An element of a page, with what the stage looks at; text stands among the children as it was written. */
export interface PageElement {
  /** In lower case. */
  readonly tag: string;
  /** Words of class, id and role, in lower case, each once. */
  readonly names: readonly string[];
  readonly attributes: ReadonlyMap<string, string>;
  readonly parent: PageElement | undefined;
  readonly children: PageNode[];
}

export type PageNode = PageElement | string;

/** Deeper elements are read as if they stood at this depth: no reader sees a difference, and recursion stays safe. */
const MAX_DEPTH = 256;
const ELEMENT = 1;
const TEXT = 3;
const READ_ATTRIBUTES = [
  'class',
  'id',
  'role',
  'hidden',
  'style',
  'href',
  'itemprop',
  'type',
  'value',
  'placeholder',
  'name',
  'aria-label',
];

interface DomNode {
  readonly nodeType: number;
  readonly childNodes: Iterable<DomNode>;
  readonly firstChild: DomNode | null;
  readonly nextSibling: DomNode | null;
  readonly data?: string;
  readonly localName?: string;
  getAttribute?(name: string): string | null;
}

/** Parses a page, or a part of one; never throws for what stands in it. The parser is loaded at first use. */
export async function parsePage(source: string): Promise<PageElement> {
  const { parseHTML } = await import('linkedom');
  const isWhole = /<(?:html|body)[\s>]/i.test(source);
  const page = parseHTML(isWhole ? source : `<html><body>${source}</body></html>`) as {
    readonly document: unknown;
  };
  return copyTree(page.document as DomNode);
}

/** Without recursion: no depth of a page may overflow the stack. */
function copyTree(document: DomNode): PageElement {
  const root: PageElement = {
    tag: '#document',
    names: [],
    attributes: new Map(),
    parent: undefined,
    children: [],
  };
  // What follows a document type cannot be reached from it in this DOM, so the roots are taken one by one.
  for (const node of document.childNodes) copyInto(root, node);
  return root;
}

function copyInto(root: PageElement, start: DomNode): void {
  const open: { node: DomNode; into: PageElement; depth: number }[] = [{ node: start, into: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, into, depth } = next;
    if (depth > 0 && node.nextSibling !== null) open.push({ node: node.nextSibling, into, depth });
    if (node.nodeType === TEXT) {
      into.children.push(node.data ?? '');
    } else if (node.nodeType === ELEMENT) {
      const element = elementOf(node, into);
      into.children.push(element);
      const inner = depth < MAX_DEPTH ? element : into;
      if (node.firstChild !== null) open.push({ node: node.firstChild, into: inner, depth: depth + 1 });
    }
  }
}

function elementOf(node: DomNode, parent: PageElement): PageElement {
  const attributes = new Map<string, string>();
  for (const name of READ_ATTRIBUTES) {
    const value = node.getAttribute?.(name);
    if (value !== null && value !== undefined) attributes.set(name, value);
  }
  const tag = (node.localName ?? '').toLowerCase();
  return {
    tag,
    names: nameWords(tag, attributes),
    attributes,
    parent,
    children: [],
  };
}

/** `articleBody post-content` → article, body, post, content; an element of the site's own making is named by its tag. */
function nameWords(tag: string, attributes: ReadonlyMap<string, string>): string[] {
  const own = tag.includes('-') ? tag : '';
  const names = [own, ...['class', 'id', 'role'].map((name) => attributes.get(name) ?? '')].join(' ');
  if (names.trim() === '') return [];
  const words = names
    .slice(0, 400)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[a-z]+/g);
  return [...new Set(words)];
}
