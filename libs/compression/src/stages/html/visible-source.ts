import { leanTag } from './lean-tag.js';

/** Elements whose content no reader sees, with what ends them. */
const UNSEEN = ['script', 'style', 'noscript', 'template', 'svg', 'math'] as const;
const LONGEST_NAME = 8;

/**
 * The page without comments, scripts, styles and drawings, and without the attributes that nobody reads. They are
 * most of a page, and cutting them before it is parsed is cheaper than parsing them; the scan is linear, whatever is
 * left open.
 */
export function visibleSource(html: string, includeLinks: boolean): string {
  const kept: string[] = [];
  /** Once an end is missing it is missing for the rest too: looking for it again would be quadratic. */
  const endless = new Set<string>();
  let from = 0;
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', Math.max(from, at + 1))) {
    const end = endOfUnseen(html, at, endless);
    if (end > at) {
      kept.push(html.slice(from, at), ' ');
      from = end;
      continue;
    }
    if (endless.has('tag') || !/[a-z]/i.test(html.charAt(at + 1))) continue;
    const tag = leanTag(html, at, includeLinks);
    if (tag === undefined) {
      endless.add('tag');
    } else {
      kept.push(html.slice(from, at), tag.text);
      from = tag.end;
    }
  }
  kept.push(html.slice(from));
  return kept.join('');
}

/** Where what starts at `at` ends; `at` when it is to be seen. */
function endOfUnseen(html: string, at: number, endless: Set<string>): number {
  if (html.startsWith('<!--', at)) return endAfter(html, '-->', at + 4, endless) ?? at;
  const name = unseenName(html, at + 1);
  if (name === undefined) return at;
  const close = indexOfClose(html, name, at + name.length + 1, endless);
  if (close === undefined) return name === 'script' || name === 'style' ? html.length : at;
  return endAfter(html, '>', close, endless) ?? html.length;
}

function unseenName(html: string, at: number): string | undefined {
  const start = html.slice(at, at + LONGEST_NAME + 1).toLowerCase();
  return UNSEEN.find((name) => start.startsWith(name) && /^[\s/>]?$/.test(start.charAt(name.length)));
}

function endAfter(html: string, end: string, from: number, endless: Set<string>): number | undefined {
  if (endless.has(end)) return undefined;
  const at = html.indexOf(end, from);
  if (at < 0) endless.add(end);
  return at < 0 ? undefined : at + end.length;
}

/** `</name` in any case: as written first, as most pages do. */
function indexOfClose(html: string, name: string, from: number, endless: Set<string>): number | undefined {
  if (endless.has(name)) return undefined;
  const close = new RegExp(`</${name}[\\s/>]`, 'gi');
  close.lastIndex = from;
  const match = close.exec(html);
  if (match === null) endless.add(name);
  return match?.index;
}
