/** Dates, times and random ids: what differs from one request to the next in prompts that are otherwise the same. */
const VOLATILE =
  /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?\b|\b\d{1,2}:\d{2}:\d{2}\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2},? \d{4}\b|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

/** All volatile stretches of a text, in order. */
export function volatileTexts(text: string): readonly string[] {
  return text.match(VOLATILE) ?? [];
}

/** Where the first volatile stretch begins; null when there is none. */
export function firstVolatile(text: string): number | null {
  const at = text.search(VOLATILE);
  return at < 0 ? null : at;
}
