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
const LONGEST_NAMES = 400;
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** Builds a tree from what a parser reports, in the order of the source. */
export class PageBuilder {
  readonly root: PageElement = element('#document', NO_ATTRIBUTES, undefined);
  private at = this.root;
  /** How many elements are open that stand too deep to be one's child. */
  private flattened = 0;
  private depth = 0;

  open(tag: string, attributes: ReadonlyMap<string, string>): void {
    const child = element(tag, attributes, this.at);
    this.at.children.push(child);
    if (this.depth >= MAX_DEPTH) {
      this.flattened += 1;
    } else {
      this.depth += 1;
      this.at = child;
    }
  }

  text(data: string): void {
    this.at.children.push(data);
  }

  close(): void {
    if (this.flattened > 0) {
      this.flattened -= 1;
    } else if (this.at.parent !== undefined) {
      this.depth -= 1;
      this.at = this.at.parent;
    }
  }
}

function element(
  tag: string,
  attributes: ReadonlyMap<string, string>,
  parent: PageElement | undefined,
): PageElement {
  return { tag, names: nameWords(tag, attributes), attributes, parent, children: [] };
}

/** `articleBody post-content` → article, body, post, content; an element of the site's own making is named by its tag. */
function nameWords(tag: string, attributes: ReadonlyMap<string, string>): readonly string[] {
  if (attributes.size === 0 && !tag.includes('-')) return [];
  const own = tag.includes('-') ? tag : '';
  const names = [own, ...['class', 'id', 'role'].map((name) => attributes.get(name) ?? '')].join(' ');
  const words = names
    .slice(0, LONGEST_NAMES)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[a-z]+/g);
  return [...new Set(words)];
}
