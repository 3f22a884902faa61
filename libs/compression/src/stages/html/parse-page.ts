import { PageBuilder, type PageElement } from './page-tree.js';

const ELEMENT = 1;
const TEXT = 3;

/** What is needed of a parsed document. */
interface DomNode {
  readonly nodeType: number;
  readonly childNodes: Iterable<DomNode>;
  readonly firstChild: DomNode | null;
  readonly nextSibling: DomNode | null;
  readonly parentNode: DomNode | null;
  readonly data?: string;
  readonly localName?: string;
  getAttributeNames?(): readonly string[];
  getAttribute?(name: string): string | null;
}

/** Parses a page, or a part of one; never throws for what stands in it. The parser is loaded at first use. */
export async function parsePage(source: string): Promise<PageElement> {
  const { parseHTML } = await import('linkedom');
  const isWhole = /<(?:html|body)[\s>]/i.test(source);
  const page = parseHTML(isWhole ? source : `<html><body>${source}</body></html>`) as {
    readonly document: unknown;
  };
  const builder = new PageBuilder();
  // What follows a document type cannot be reached from it in this DOM, so the roots are taken one by one.
  for (const node of (page.document as DomNode).childNodes) report(node, builder);
  return builder.root;
}

/** Tells the builder what is under a node; without recursion, as no depth of a page may overflow the stack. */
function report(root: DomNode, builder: PageBuilder): void {
  let node: DomNode | null = root;
  while (node !== null) {
    if (node.nodeType === TEXT) builder.text(node.data ?? '');
    if (node.nodeType === ELEMENT) {
      builder.open((node.localName ?? '').toLowerCase(), attributesOf(node));
      if (node.firstChild !== null) {
        node = node.firstChild;
        continue;
      }
      builder.close();
    }
    while (node !== root && node.nextSibling === null && node.parentNode !== null) {
      node = node.parentNode;
      builder.close();
    }
    node = node === root ? null : node.nextSibling;
  }
}

function attributesOf(node: DomNode): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of node.getAttributeNames?.() ?? []) {
    found.set(name.toLowerCase(), node.getAttribute?.(name) ?? '');
  }
  return found;
}
