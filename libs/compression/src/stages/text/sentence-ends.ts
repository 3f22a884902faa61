/** What stands before a full stop that ends no sentence. */
const ABBREVIATION =
  /(?:^|[\s("'“])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|vs|e\.g|i\.e|etc|cf|al|Inc|Ltd|Corp|Co|No|Fig|Eq|Sec|Ch|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[A-Z]\.[A-Z])$/;
const END = /[.!?…]{1,8}["'”’)\]*_]{0,4}\s{1,200}|[。！？]["'”’」』）]{0,4}\s{0,200}/g;
const LOOK_BACK = 12;

/** Where each sentence of a paragraph ends, white space after it included; the last end is the paragraph's length. */
export function sentenceEnds(paragraph: string): number[] {
  const ends: number[] = [];
  for (const match of paragraph.matchAll(END)) {
    const end = match.index + match[0].length;
    if (end >= paragraph.length) break;
    const before = paragraph.slice(Math.max(0, match.index - LOOK_BACK), match.index);
    if (match[0].startsWith('.') && ABBREVIATION.test(before)) continue;
    // What goes on in lower case was no end.
    if (/^\p{Ll}/u.test(paragraph.slice(end, end + 2))) continue;
    ends.push(end);
  }
  ends.push(paragraph.length);
  return ends;
}
