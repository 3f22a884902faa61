import { type Block, type BlockKind, singleSpaced, weightedLength } from './block.js';
import { controlText } from './control-text.js';
import type { PageElement, PageNode } from './page-tree.js';
import { readTable } from './read-table.js';

export interface BlockOptions {
  /** Elements that are not entered. */
  readonly isDropped: (element: PageElement) => boolean;
  readonly includeLinks: boolean;
  /** Tell fields and buttons in a few words; otherwise they are left out. */
  readonly includeControls?: boolean;
}

const BLOCK_TAGS = new Set(
  (
    'address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 header html li legend main menu nav ol option p pre section select summary ' +
    'table tbody td tfoot th thead title tr ul'
  ).split(' '),
);
const HEADING = /^h[1-6]$/;
/** Scripts that are written without spaces: what a link says would run into the words around it. */
const UNSPACED = /[\u3040-\u30ff\u3400-\u9fff]/;
const URL = /^(?:https?:\/\/|[/.#?]|[\w-]{1,40}[./?])/;

/** The blocks under an element in reading order. */
export function readBlocks(root: PageElement, options: BlockOptions): Block[] {
  const reader = new BlockReader(options);
  reader.read(root);
  return reader.blocks;
}

class BlockReader {
  readonly blocks: Block[] = [];
  private parts: string[] = [];
  private marked: string[] = [];
  private linked = 0;
  private preformatted = 0;
  private quoted = 0;
  private lists = -1;
  /** True until the first block of a list item. */
  private isItemOpen = false;

  constructor(private readonly options: BlockOptions) {}

  read(root: PageElement): void {
    this.readChildren(root, root, false);
    this.close(root);
  }

  private readChildren(element: PageElement, owner: PageElement, isLink: boolean): void {
    for (const child of element.children) this.readNode(child, owner, isLink);
  }

  private readNode(node: PageNode, owner: PageElement, isLink: boolean): void {
    if (typeof node === 'string') {
      this.write(node);
      if (isLink) this.linked += node.trim().length;
      return;
    }
    const control = this.options.includeControls === true ? controlText(node) : undefined;
    if (control !== undefined) {
      this.write(` ${control} `);
    } else if (node.tag === 'br' || node.tag === 'hr') {
      if (this.preformatted > 0) this.write('\n');
      else this.close(owner);
    } else if (!this.options.isDropped(node)) {
      if (BLOCK_TAGS.has(node.tag)) this.readBlock(node, owner, isLink);
      else this.readInline(node, owner, isLink);
    }
  }

  private readInline(node: PageElement, owner: PageElement, isLink: boolean): void {
    const isAnchor = node.tag === 'a';
    const url = isAnchor && this.options.includeLinks ? (node.attributes.get('href') ?? '').trim() : '';
    const isMarked = URL.test(url) && !url.startsWith('#');
    const isApart = isAnchor && UNSPACED.test(this.parts.at(-1)?.slice(-1) ?? '');
    const isCode = node.tag === 'code' && this.preformatted === 0;
    if (isApart) this.write(' ');
    if (isMarked) this.marked.push('[');
    if (isCode) this.marked.push('`');
    this.readChildren(node, owner, isLink || isAnchor || node.tag === 'button');
    if (isCode) this.marked.push('`');
    if (isMarked) this.marked.push(`](${url})`);
    if (isApart) this.write(' ');
  }

  private readBlock(node: PageElement, owner: PageElement, isLink: boolean): void {
    this.close(owner);
    if (node.tag === 'table' && this.preformatted === 0 && this.readDataTable(node)) return;
    const { tag } = node;
    if (tag === 'pre') this.preformatted += 1;
    if (tag === 'blockquote') this.quoted += 1;
    if (tag === 'li') {
      this.lists += 1;
      this.isItemOpen = true;
    }
    this.readChildren(node, node, isLink);
    this.close(node);
    if (tag === 'pre') this.preformatted -= 1;
    if (tag === 'blockquote') this.quoted -= 1;
    if (tag === 'li') {
      this.lists -= 1;
      this.isItemOpen = false;
    }
  }

  private readDataTable(table: PageElement): boolean {
    const { options } = this;
    const data = readTable(table, (cell) => (options.isDropped(cell) ? [] : readBlocks(cell, options)));
    if (data === undefined) return false;
    const text = data.rows.map((row) => row.join(' ')).join('\n');
    this.push({ kind: 'table', level: 0 }, text, text, data.linked, table, data.rows);
    return true;
  }

  private write(text: string): void {
    this.parts.push(text);
    this.marked.push(text);
  }

  /** Ends the line of text that is open, if there is one. */
  private close(element: PageElement): void {
    if (this.parts.length === 0) return;
    const raw = this.parts.join('');
    const marked = this.marked.join('');
    const { linked } = this;
    this.parts = [];
    this.marked = [];
    this.linked = 0;
    if (raw.trim() === '') return;
    const tidy = this.preformatted > 0 ? trimLines : singleSpaced;
    this.push(this.shapeOf(element), tidy(raw), tidy(marked), linked, element);
  }

  private push(
    shape: { kind: BlockKind; level: number },
    text: string,
    marked: string,
    linked: number,
    element: PageElement,
    rows?: readonly (readonly string[])[],
  ): void {
    const block = {
      ...shape,
      text,
      marked,
      length: weightedLength(text),
      linked,
      isQuote: this.quoted > 0,
      element,
    };
    this.blocks.push(rows === undefined ? block : { ...block, rows });
  }

  private shapeOf(element: PageElement): { kind: BlockKind; level: number } {
    if (this.preformatted > 0) return { kind: 'code', level: 0 };
    if (this.isItemOpen) {
      this.isItemOpen = false;
      return { kind: 'item', level: Math.max(0, this.lists) };
    }
    for (let at: PageElement | undefined = element; at !== undefined; at = at.parent) {
      if (HEADING.test(at.tag)) return { kind: 'heading', level: Number(at.tag.charAt(1)) };
      if (at.tag !== 'p' && at.tag !== 'div') break;
    }
    return { kind: 'text', level: 0 };
  }
}

function trimLines(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/^\n+/, '').trimEnd();
}
