import type { PageElement } from './page-tree.js';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Controls, pictures and frames: what they hold is not text of the page. */
const NO_TEXT = words(
  'script style noscript template iframe svg math button input select textarea object embed video audio canvas map head',
);
const BESIDE_TAGS = words('nav aside footer dialog menu');
const BESIDE_ROLES = words('navigation banner contentinfo complementary search dialog alertdialog menu');
/** Words of class names and ids that authors of pages use for what stands around an article, whatever it says. */
const BESIDE_NAMES = words(
  'nav navigation navbar menu breadcrumb breadcrumbs footer masthead ' +
    'related recommended recommendation recommendations recirc recirculation trending popular ' +
    'outbrain taboola sharedaddy addthis newsletter subscribe subscription signup cta ' +
    'ad ads advert advertisement advertising sponsor sponsored comment comments disqus respond ' +
    'cookie cookies consent popup modal overlay tooltip rollover flyout hovercard copyright disclaimer',
);
/** The same, unless most of the page is called so: a page of pictures lives in its captions, a list in its teasers. */
const SIDE_NAMES = words(
  'sidebar rail teaser teasers promo byline author authors bio caption figcaption credit credits gallery slideshow ' +
    'carousel',
);
/** The same for what is short by nature; with a paragraph in it, it is something else that has the name. */
const LABEL_NAMES = words(
  'share sharing social date dateline timestamp published meta submeta postmeta postinfo tag tags taxonomy topics ' +
    'keywords print rating controls control skip toolbar',
);
/** What holds a picture may hold its caption too, but no more text than that. */
const PICTURE_NAMES = words('image images img photo photos picture pictures');
const LONGEST_CAPTION = 400;
const HIDDEN_STYLE = /display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden/i;

/** What holds so much of a page's prose is its content, whatever it is called. */
const MAIN_SHARE = 0.35;
/** A side name that so much of the prose stands under is the name of the content. */
const MOST = 0.5;
/** Of what stands beside an article by its own meaning nearly all prose of a page must be in there. */
const BESIDE_SHARE = 0.8;

export function hasNoText({ tag }: PageElement): boolean {
  return NO_TEXT.has(tag);
}

/** A page that is hidden as a whole is shown by its scripts. */
export function isHidden({ tag, attributes }: PageElement): boolean {
  if (tag === 'body' || tag === 'html') return false;
  return attributes.has('hidden') || HIDDEN_STYLE.test(attributes.get('style') ?? '');
}

/** True for menus, sidebars and footers by element or role, unless nearly the whole page is in there. */
export function isBesideByMeaning({ tag, names, attributes }: PageElement, proseShare: number): boolean {
  const isBeside =
    BESIDE_TAGS.has(tag) || BESIDE_ROLES.has(attributes.get('role') ?? '') || names.includes('footer');
  return isBeside && proseShare <= BESIDE_SHARE;
}

/** True for an element with so much of the page's prose that its names say nothing. */
export function isMain(proseShare: number): boolean {
  return proseShare > MAIN_SHARE;
}

/** Which of the side names an element has. */
export function sideNames({ tag, names }: PageElement): readonly string[] {
  const side = names.filter((name) => SIDE_NAMES.has(name));
  return tag === 'figcaption' ? [tag, ...side] : side;
}

/** Of a whole page: characters of prose in all, and the part of it in elements of each side name. */
export interface PageProse {
  readonly total: number;
  readonly sharesByName: ReadonlyMap<string, number>;
}

/** True for what stands around an article by its names; `prose` is how many characters of it the element holds. */
export function isBesideByName(element: PageElement, prose: number, page: PageProse): boolean {
  const { tag, names } = element;
  if (tag === 'body' || tag === 'html' || isMain(prose / page.total)) return false;
  if (names.some((name) => BESIDE_NAMES.has(name))) return true;
  if (sideNames(element).some((name) => (page.sharesByName.get(name) ?? 0) <= MOST)) return true;
  if (prose <= LONGEST_CAPTION && names.some((name) => PICTURE_NAMES.has(name))) return true;
  return prose === 0 && names.some((name) => LABEL_NAMES.has(name));
}
