import type { Block } from './block.js';
import { hasNoText, isBesideByMeaning, isHidden } from './boilerplate.js';
import { controlText } from './control-text.js';
import { type Article, findArticle } from './find-article.js';
import type { PageElement } from './page-tree.js';
import { parsePage } from './parse-page.js';
import { pageTitle, sharedWords } from './page-title.js';
import { proseLength } from './prose.js';
import { pruneBlocks } from './prune-blocks.js';
import { readBlocks } from './read-blocks.js';
import { stripTags } from './strip-tags.js';
import { visibleSource } from './visible-source.js';
import { writeMarkdown } from './write-markdown.js';

/** Beyond this a tree costs too much: a tag is some ten microseconds. */
const MAX_TREE_CHARACTERS = 3_000_000;
const MAX_TREE_TAGS = 30_000;
/** An article has some sentences, which are not mostly links, and is no small part of all sentences of its page. */
const MIN_PROSE = 150;
const MAX_LINKED = 0.5;
const MIN_SHARE = 0.3;
/** A title whose words the beginning of the text says too is left out. */
const TITLE_TOLD = 0.6;
const TITLE_WITHIN = 1000;

/** What a page says: its article where it is one, else all that can be seen without menus. As Markdown, lines of text. */
export async function extractPage(html: string, includeLinks: boolean): Promise<string> {
  const source = visibleSource(html, includeLinks);
  if (source.length > MAX_TREE_CHARACTERS || hasMoreTags(source, MAX_TREE_TAGS)) return stripTags(source);
  const root = await parsePage(source);
  const title = pageTitle(root);
  const article = findArticle(root, includeLinks);
  const blocks = article !== undefined && isArticle(article) ? pruneBlocks(article.blocks, title) : [];
  return withTitle(title, blocks.length > 0 ? blocks : wholePage(root, includeLinks));
}

function hasMoreTags(source: string, limit: number): boolean {
  let tags = 0;
  for (let at = source.indexOf('<'); at >= 0; at = source.indexOf('<', at + 1)) {
    tags += 1;
    if (tags > limit) return true;
  }
  return false;
}

function isArticle({ blocks, proseShare }: Article): boolean {
  let [prose, linked, all] = [0, 0, 0];
  for (const block of blocks) {
    prose += proseLength(block);
    linked += block.linked;
    all += block.text.length;
  }
  return prose >= MIN_PROSE && linked <= all * MAX_LINKED && proseShare >= MIN_SHARE;
}

function wholePage(root: PageElement, includeLinks: boolean): Block[] {
  const isDropped = (element: PageElement): boolean =>
    (hasNoText(element) && controlText(element) === undefined) ||
    isHidden(element) ||
    isBesideByMeaning(element, 0);
  return readBlocks(root, { isDropped, includeLinks, includeControls: true });
}

function withTitle(title: string, blocks: readonly Block[]): string {
  const text = writeMarkdown(blocks);
  if (title === '' || sharedWords(title, text.slice(0, TITLE_WITHIN)) >= TITLE_TOLD) return text;
  return text === '' ? `# ${title}` : `# ${title}\n\n${text}`;
}
