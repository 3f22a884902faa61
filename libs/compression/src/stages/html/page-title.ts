import { singleSpaced } from './block.js';
import type { PageElement } from './page-tree.js';

const LONGEST_TITLE = 300;
/** Between what a page is about and the name of its site. */
const SEPARATOR = /\s[|–—·»:-]\s/;
/** A heading that shares so many words with the document's title is the same title. */
const SAME_SHARE = 0.6;

/** What a page is called: its first heading where that is the document's title too, or that without the site's name. */
export function pageTitle(root: PageElement): string {
  const { headings, title } = namesOf(root);
  const whole = headings.find((heading) => title.toLowerCase().startsWith(heading.toLowerCase()));
  if (title === '' || (whole !== undefined && whole.length * 2 > title.length))
    return whole ?? headings[0] ?? '';
  const topic = title
    .split(SEPARATOR)
    .reduce((longest, part) => (part.length > longest.length ? part : longest), '');
  return headings.find((heading) => sharedWords(topic, heading) >= SAME_SHARE) ?? topic.trim();
}

/** The share of the words of a text that another one has too; 1 for a text without words. */
export function sharedWords(text: string, other: string): number {
  const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,40}|\p{Script=Han}/gu));
  if (words.size === 0) return 1;
  const known = new Set(other.toLowerCase().match(/[\p{L}\p{N}]{3,40}|\p{Script=Han}/gu));
  return [...words].filter((word) => known.has(word)).length / words.size;
}

function namesOf(root: PageElement): { headings: string[]; title: string } {
  const headings: string[] = [];
  let title = '';
  const read = (element: PageElement): void => {
    if (element.tag === 'h1') headings.push(textOf(element));
    else if (element.tag === 'title') title ||= textOf(element);
    else for (const child of element.children) if (typeof child !== 'string') read(child);
  };
  read(root);
  return { headings: headings.filter((heading) => heading !== ''), title };
}

function textOf(element: PageElement): string {
  const parts: string[] = [];
  const read = ({ children }: PageElement): void => {
    for (const child of children) {
      if (typeof child === 'string') parts.push(child);
      else read(child);
    }
  };
  read(element);
  return singleSpaced(parts.join('')).slice(0, LONGEST_TITLE);
}
