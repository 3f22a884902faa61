import type { Block } from './block.js';
import { hasNoText, isBesideByMeaning, isBesideByName, isHidden, isMain, sideNames } from './boilerplate.js';
import type { PageElement, PageNode } from './page-tree.js';
import { evidence, proseLength } from './prose.js';
import { readBlocks } from './read-blocks.js';

/** Share of a block's evidence that elements above it get, from the innermost up. */
const FADING = [1, 1, 0.6, 0.36, 0.2, 0.1];
/** A box with so much of the best one's evidence belongs to the article too, when it stands near or looks alike. */
const COMPANION_SHARE = 0.2;
const NEAR_LEVELS = 2;
/** The author of the page says: this is the article's text. */
const MARKED_BONUS = 1.5;
/** A page that shows fewer characters of prose than this shows no article. */
const FEW_PROSE = 150;
const LISTS = /^(?:ul|ol|dl|li|dd|table|tbody|tr|p|blockquote|span|center)$/;

export interface Article {
  readonly element: PageElement;
  readonly blocks: readonly Block[];
  /** The part of the page's prose that it holds, without menus, comments and the like. */
  readonly proseShare: number;
}

/** The part of a page that holds its text; `undefined` for a page without a paragraph. */
export function findArticle(root: PageElement, includeLinks: boolean): Article | undefined {
  const isNotShown = (element: PageElement): boolean => hasNoText(element) || isHidden(element);
  const shown = readBlocks(root, { isDropped: isNotShown, includeLinks: false });
  // Some pages hide their text until a script shows it.
  const isWaiting = sumOf(shown, proseLength) < FEW_PROSE;
  const isUnseen = isWaiting ? hasNoText : isNotShown;
  const seen = isWaiting ? readBlocks(root, { isDropped: isUnseen, includeLinks: false }) : shown;
  const prose = sumUp(seen, proseLength);
  const total = prose.get(root) ?? 0;
  if (total === 0) return undefined;
  const page = { total, sharesByName: shareNames(seen, prose, total) };
  const isDropped = (element: PageElement): boolean => {
    if (isUnseen(element)) return true;
    const held = prose.get(element) ?? 0;
    return isBesideByMeaning(element, held / total) || isBesideByName(element, held, page);
  };
  const candidates = readBlocks(root, { isDropped, includeLinks: false });
  const votes = vote(candidates);
  const { element, others } = withCompanions(best(votes, root), votes);
  const options = { isDropped: (inner: PageElement) => others.has(inner) || isDropped(inner), includeLinks };
  const blocks = readBlocks(element, options);
  return {
    element,
    blocks,
    proseShare: sumOf(blocks, proseLength) / Math.max(1, sumOf(candidates, proseLength)),
  };
}

function sumOf(blocks: readonly Block[], figure: (block: Block) => number): number {
  return blocks.reduce((sum, block) => sum + figure(block), 0);
}

/** Sums a figure of the blocks over every element above them. */
function sumUp(blocks: readonly Block[], figure: (block: Block) => number): Map<PageElement, number> {
  const sums = new Map<PageElement, number>();
  for (const block of blocks) {
    const value = figure(block);
    if (value === 0) continue;
    for (let at: PageElement | undefined = block.element; at !== undefined; at = at.parent) {
      sums.set(at, (sums.get(at) ?? 0) + value);
    }
  }
  return sums;
}

/** For every side name the part of the page's prose that stands in smaller elements of that name. */
function shareNames(
  blocks: readonly Block[],
  prose: ReadonlyMap<PageElement, number>,
  total: number,
): Map<string, number> {
  const shares = new Map<string, number>();
  for (const block of blocks) {
    const value = proseLength(block) / total;
    if (value === 0) continue;
    const names = new Set<string>();
    for (let at: PageElement | undefined = block.element; at !== undefined; at = at.parent) {
      if (isMain((prose.get(at) ?? 0) / total)) break;
      for (const name of sideNames(at)) names.add(name);
    }
    for (const name of names) shares.set(name, (shares.get(name) ?? 0) + value);
  }
  return shares;
}

/** Every block votes for the elements above it, for the nearest most: what holds many paragraphs side by side wins. */
function vote(blocks: readonly Block[]): Map<PageElement, number> {
  const votes = new Map<PageElement, number>();
  for (const block of blocks) {
    const value = evidence(block);
    let at: PageElement | undefined = block.element;
    for (const share of FADING) {
      if (at === undefined) break;
      const bonus = at.attributes.get('itemprop') === 'articleBody' ? MARKED_BONUS : 1;
      votes.set(at, (votes.get(at) ?? 0) + value * share * bonus);
      at = at.parent;
    }
  }
  return votes;
}

/** The element with the most votes, the first of equals; never only a list or a paragraph of its box. */
function best(votes: ReadonlyMap<PageElement, number>, root: PageElement): PageElement {
  let found = root;
  for (const [element, score] of votes) {
    if (score > (votes.get(found) ?? 0)) found = element;
  }
  while (LISTS.test(found.tag) && found.parent !== undefined) found = found.parent;
  return found;
}

/**
 * An article may stand in several boxes: goes up as long as there is another box as strong, near or of the same
 * shape, and names the elements on the way that are none.
 */
function withCompanions(
  top: PageElement,
  votes: ReadonlyMap<PageElement, number>,
): { element: PageElement; others: ReadonlySet<PageElement> } {
  const bar = (votes.get(top) ?? 0) * COMPANION_SHARE;
  const strongest = strongestWithin(votes);
  let element = top;
  let others = new Set<PageElement>();
  const outside = new Set<PageElement>();
  let level = 0;
  for (let at = top; at.parent !== undefined && at.parent.tag !== 'body'; at = at.parent) {
    const rivals = at.parent.children.filter(
      (child): child is PageElement => typeof child !== 'string' && child !== at && strongest.has(child),
    );
    if (rivals.length > 0) level += 1;
    const companions = new Set<PageNode>(
      rivals.filter((rival) => {
        const box = strongest.get(rival);
        if (box === undefined || (votes.get(box) ?? 0) < bar) return false;
        return level <= NEAR_LEVELS || isAlike(box, top);
      }),
    );
    for (const child of at.parent.children) {
      if (typeof child !== 'string' && child !== at && !companions.has(child)) outside.add(child);
    }
    if (companions.size > 0) {
      element = at.parent;
      others = new Set(outside);
    }
  }
  return { element, others };
}

function isAlike(one: PageElement, other: PageElement): boolean {
  return (
    one.tag === other.tag &&
    one.names.length > 0 &&
    one.names.slice(0, 3).join() === other.names.slice(0, 3).join()
  );
}

/** For every element the one with the most votes at or under it. */
function strongestWithin(votes: ReadonlyMap<PageElement, number>): Map<PageElement, PageElement> {
  const strongest = new Map<PageElement, PageElement>();
  for (const [element, value] of votes) {
    for (let at: PageElement | undefined = element; at !== undefined; at = at.parent) {
      const known = strongest.get(at);
      if (known !== undefined && (votes.get(known) ?? 0) >= value) break;
      strongest.set(at, element);
    }
  }
  return strongest;
}
