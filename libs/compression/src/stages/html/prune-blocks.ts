import type { Block } from './block.js';
import { isLinks, isProse } from './prose.js';

/** A line that is nearly all link. */
const LINK_LINE = 0.8;
/** A link of so many characters is a headline of something else; shorter ones are names that the text speaks of. */
const HEADLINE = 35;
const LABEL_CHARACTERS = 40;
const URL = /^(?:https?:\/\/|www\.)\S+$/i;
const SENTENCE_END = /[.!?…。！？»”"')\]]$/;
/** What stands over advertisements and on controls, in the languages of most pages. */
const AD_LABELS = new Set(
  (
    'ad|ads|advert|adverts|advertisement|advertisements|advertising|sponsored|sponsored content|promoted|' +
    'story continues below|story continues below advertisement|continue reading below|article continues below|' +
    'anzeige|werbung|publicité|publicidad|publicidade|pubblicità|advertentie|reklama|reklam|annons|annonse|iklan|' +
    'реклама|広告|广告|廣告|광고|close|share|share this|caption|read more|loading|loading...|comments'
  ).split('|'),
);

/** Leaves out lines that belong to the page and not to its text: headlines of other pages, labels, what stands over them. */
export function pruneBlocks(article: readonly Block[], title: string): Block[] {
  const blocks = withoutHead(article, title);
  const isDropped = blocks.map((block) => isLabel(block) || isHeadline(block));
  dropLinkLists(blocks, isDropped);
  keepTitlesOfSections(blocks, isDropped);
  dropHeadings(blocks, isDropped);
  return blocks.filter((_, index) => isDropped[index] !== true);
}

/** The title, what stands above it and the summary under it; the writer of the text sees to the title. */
function withoutHead(blocks: readonly Block[], title: string): readonly Block[] {
  const isTitle = ({ kind, level, text }: Block): boolean =>
    kind === 'heading' && (level === 1 || (title !== '' && text.toLowerCase() === title.toLowerCase()));
  const firstProse = blocks.findIndex((block) => block.kind !== 'heading' && isProse(block));
  const head = blocks.slice(0, firstProse < 0 ? 0 : firstProse);
  const titleAt = head.findLastIndex(isTitle);
  if (titleAt < 0) return blocks;
  const summary = blocks[titleAt + 1];
  const isSummary = summary?.kind === 'heading' && isProse(summary);
  return blocks.slice(titleAt + (isSummary ? 2 : 1));
}

function isLabel({ kind, text }: Block): boolean {
  return kind !== 'code' && AD_LABELS.has(text.toLowerCase().replace(/[\s:.…]+$/, ''));
}

function isLinkLine({ text, linked }: Block): boolean {
  return linked >= text.length * LINK_LINE && !URL.test(text);
}

function isHeadline(block: Block): boolean {
  return block.kind !== 'item' && block.kind !== 'table' && isLinkLine(block) && block.length >= HEADLINE;
}

/** A list of nothing but headlines tells of other pages. */
function dropLinkLists(blocks: readonly Block[], isDropped: boolean[]): void {
  let from = 0;
  while (from < blocks.length) {
    let to = from;
    while (to < blocks.length && blocks[to]?.kind === 'item') to += 1;
    const items = blocks.slice(from, to);
    const length = items.reduce((sum, item) => sum + item.length, 0);
    if (items.length > 0 && items.every(isLinkLine) && length >= items.length * HEADLINE) {
      isDropped.fill(true, from, to);
    }
    from = to + 1;
  }
}

/** A linked heading over a paragraph is the title of a section. */
function keepTitlesOfSections(blocks: readonly Block[], isDropped: boolean[]): void {
  blocks.forEach((block, index) => {
    const next = blocks[index + 1];
    if (block.kind === 'heading' && next !== undefined && isProse(next)) isDropped[index] = false;
  });
}

/** What stood over something that is gone, or over nothing, goes too. */
function dropHeadings(blocks: readonly Block[], isDropped: boolean[]): void {
  for (let index = blocks.length - 1; index >= 0; index--) {
    const block = blocks[index];
    const next = blocks[index + 1];
    if (block === undefined || isDropped[index] === true) continue;
    const isOverNothing =
      next === undefined ? block.kind === 'heading' : isDropped[index + 1] === true && isLinks(next);
    if (isOverNothing && isTitleLike(block)) isDropped[index] = true;
  }
}

function isTitleLike({ kind, text, length }: Block): boolean {
  if (kind === 'heading') return true;
  return kind === 'text' && length <= LABEL_CHARACTERS && (!SENTENCE_END.test(text) || text.endsWith('...'));
}
