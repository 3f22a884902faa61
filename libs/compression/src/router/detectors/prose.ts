import type { DetectedContent } from '../content-kind.js';
import { type Sample, shareOf, withoutFenced } from '../sample.js';
import { type Detector, percent } from './detector.js';
import { wordsIn } from './words-in.js';

const HEADING = /^ {0,3}#{1,6} \S/;
const MARKS: readonly [string, RegExp][] = [
  ['headings', /^ {0,3}#{1,6} \S|^(?:={4,}|-{4,})$/],
  ['list items', /^\s{0,12}(?:[-*+]|\d{1,3}[.)]) \S/],
  ['table rows', /^ {0,3}\|.{0,400}\|?\s*$/],
  ['quotes', /^ {0,3}> /],
  ['links', /\[[^\]\n]{1,200}\]\([^)\s]{1,300}\)|^\[[^\]]{1,100}\]: \S/],
  ['emphasis', /\*\*[^*\n]{1,200}\*\*|__[^_\n]{1,200}__|`[^`\n]{1,100}`/],
];
/** Most of a line of prose are letters and spaces. */
const MIN_LETTERS = 0.7;
const BASE64_LINE = /^(?:data:[\w/+.-]{1,60};base64,)?[A-Za-z0-9+/_-]{60,}={0,2}$/;

/** Markdown: headings and other marks with prose between them. */
export const detectMarkdown: Detector = ({ lines: all, isNumbered }) => {
  if (isNumbered || all.length < 3) return undefined;
  const lines = withoutFenced(all);
  const found = MARKS.map(([name, mark]) => ({
    name,
    count: lines.filter((line) => mark.test(line)).length,
  }));
  found.push({ name: 'fenced lines', count: all.length - lines.length });
  const kinds = found.filter(({ count }) => count > 0);
  const headings = lines.filter((line) => HEADING.test(line));
  const marked = shareOf(lines, (line) => MARKS.some(([, mark]) => mark.test(line)));
  const prose = shareOf(lines, isProse);
  // A row of comments in a script has but one level of headings, and no other mark.
  const isStructured = headings.length > 0 ? kinds.length >= 2 : kinds.length >= 2 && marked >= 0.3;
  if (!isStructured || marked < 0.08 || marked + prose < 0.5) return undefined;
  const best = kinds.sort((a, b) => b.count - a.count).slice(0, 3);
  return {
    kind: 'markdown',
    confidence:
      0.5 +
      0.2 * Math.min(1, marked / 0.3) +
      0.05 * Math.min(4, kinds.length) +
      0.05 * Math.min(1, headings.length),
    reason: best.map(({ name, count }) => `${count} ${name}`).join(', '),
  };
};

/** Whatever is nothing else: sure where its lines read as sentences. */
export function asText(sample: Sample): DetectedContent {
  const { lines } = sample;
  if (shareOf(lines, (line) => BASE64_LINE.test(line)) >= 0.8) {
    return { kind: 'text', confidence: 0.95, reason: 'base64' };
  }
  const share = shareOf(lines, isProse);
  return { kind: 'text', confidence: 0.3 + 0.6 * share, reason: `${percent(share)} of lines are prose` };
}

function isProse(line: string): boolean {
  const { words, letters } = wordsIn(line);
  if (words < 4) return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Hangul}\p{Script=Thai}]{8}/u.test(line);
  return letters + words >= line.trim().length * MIN_LETTERS && !/[;{}]\s*$/.test(line);
}
