import { type Detector, percent } from './detector.js';

const PAGE =
  /^\s{0,64}(?:<\?xml[^>]{0,200}>\s{0,64})?(?:<!--[^>]{0,400}-->\s{0,64}){0,3}<(?:!doctype html|html[\s>]|head[\s>]|body[\s>])/i;
const XML =
  /^\s{0,64}<\?xml[\s?]|^\s{0,64}<!DOCTYPE (?!html)|^\s{0,64}<[A-Za-z][\w.:-]{0,60}(?:\s{1,8}(?:xmlns|version|encoding)[\w:]{0,30}=)/i;
const TAG = /<\/?([A-Za-z][A-Za-z0-9:-]{0,40})(?=[\s/>])[^<>]{0,2000}>/g;
const HTML_TAGS = new Set(
  (
    'a abbr address article aside b blockquote body br button caption center cite code col colgroup dd del details div ' +
    'dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ' +
    'label legend li link main meta nav noscript ol optgroup option p picture pre s script section select small source ' +
    'span strong style sub summary sup svg path table tbody td template textarea tfoot th thead time title tr u ul video'
  ).split(' '),
);
const MIN_TAGS = 4;
/** A page has a tag every so many characters at least, save for its scripts. */
const CHARACTERS_PER_TAG = 400;

/** HTML pages and fragments; XML that is none is text with structure of its own. */
export const detectMarkup: Detector = ({ head, raw }) => {
  if (PAGE.test(head.slice(0, 4096)))
    return { kind: 'html', confidence: 0.99, reason: 'begins as an HTML page' };
  if (!/^\s{0,64}</.test(head)) return undefined;
  const text = raw[0] ?? head;
  let tags = 0;
  let known = 0;
  for (const match of text.matchAll(TAG)) {
    tags++;
    if (HTML_TAGS.has((match[1] ?? '').toLowerCase())) known++;
  }
  if (tags < MIN_TAGS || tags < text.length / CHARACTERS_PER_TAG) return undefined;
  const share = known / tags;
  if (XML.test(head.slice(0, 1024)) || share < 0.5) {
    return { kind: 'text', confidence: 0.95, reason: 'XML that is no HTML' };
  }
  if (share < 0.8) return undefined;
  return { kind: 'html', confidence: 0.5 + share * 0.47, reason: `${percent(share)} of tags are HTML's` };
};
