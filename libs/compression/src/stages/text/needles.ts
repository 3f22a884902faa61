const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}';
/** What cannot be guessed from the words around it, and is asked for by its letter. */
const NEEDLE = new RegExp(
  [
    String.raw`https?:\/\/[^\s<>"'\x60)\]]{3,300}`,
    String.raw`[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,32}){1,4}`,
    String.raw`\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?`,
    String.raw`\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b`,
    String.raw`\b${MONTH} \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?\b`,
    String.raw`\b\d{1,2}(?:st|nd|rd|th)? (?:of )?${MONTH}(?:,? \d{4})?\b`,
    String.raw`[$€£¥] ?\d[\d,.]{0,20}(?: ?(?:million|billion|[kKmMbB]n?)\b)?`,
    String.raw`\b\d[\d,.]{0,20}(?: ?%| ?(?:USD|EUR|GBP|percent)\b)`,
    String.raw`\b\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m\b)?`,
    String.raw`\bv?\d{1,6}\.\d{1,6}\.\d{1,6}[\w.-]{0,20}`,
    String.raw`\b[A-Za-z][A-Za-z0-9]{0,20}[-_#]\d[\w-]{0,40}`,
    String.raw`\b[a-z]{2,20}(?:_[a-z0-9]{1,20}){1,6}\b`,
    String.raw`\b[A-Z]{2,}[A-Z_]{0,30}_[A-Z0-9_]{1,30}\b`,
    String.raw`\b(?:[A-Za-z]{1,20}\d|\d[A-Za-z]{1,20}\d)[A-Za-z0-9-]{1,64}\b`,
    String.raw`#\d{1,9}\b`,
    String.raw`\b\d{1,6}-[A-Za-z0-9]{1,20}\b`,
    String.raw`\b\d[\d,]{3,20}(?:\.\d{1,10})?\b`,
  ].join('|'),
  'g',
);
const MAX_CHARACTERS = 80;
/** Every needle has one of these; most sentences have none. */
const SIGN = /[\d_@]|:\/\//;

/** Ids, hashes, addresses, amounts, dates and long numbers of a text, in order, each as often as it stands there. */
export function needlesIn(text: string): string[] {
  const needles: string[] = [];
  if (!SIGN.test(text)) return needles;
  for (const match of text.matchAll(NEEDLE)) {
    const needle = match[0].replace(/[.,;:!?-]+$/, '');
    if (needle.length > 1 && needle.length <= MAX_CHARACTERS) needles.push(needle);
  }
  return needles;
}

/** Names in code, and what Markdown marks as code or links to. */
const IDENTIFIER = new RegExp(
  [
    String.raw`\b[A-Za-z_$][\w$]{0,60}(?:\.[A-Za-z_$][\w$]{0,60}){1,6}\b`,
    String.raw`\b[a-z][a-z0-9]{0,40}[A-Z][\w$]{0,60}`,
    String.raw`\b[A-Z][a-z0-9]{1,40}[A-Z][\w$]{0,60}`,
    String.raw`--[a-z][a-z0-9-]{1,40}\b`,
    String.raw`(?:\.{0,2}\/)?(?:[\w@.~-]{1,60}\/){1,12}[\w@.~-]{1,60}`,
  ].join('|'),
  'g',
);
const MARKED = /`([^`\n]{2,80})`|\]\(([^)\s]{2,80})\)/g;
const MARK = /[`\]]/;

/** `needlesIn`, and of Markdown the names of code: all in a fenced block, elsewhere those marked as such. */
export function namesAndNeedlesIn(text: string, isFenced: boolean): string[] {
  const needles = needlesIn(text);
  if (isFenced) return [...needles, ...(text.match(IDENTIFIER) ?? [])];
  if (!MARK.test(text)) return needles;
  for (const match of text.matchAll(MARKED)) needles.push(match[1] ?? match[2] ?? '');
  return needles;
}
