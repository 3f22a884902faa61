/** Dates and clocks as logs write them. */
const TIME =
  /\d{4}[-/.]\d{2}[-/.]\d{2}|\b\d{1,2}:\d{2}:\d{2}\b|\b\d{2}\/\d{2}\/\d{2}\b|\b\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:|\b1\d{9}(?:\.\d{1,6}|\d{3})?\b|\b\d{8}-\d{1,2}:\d{1,2}|\b[IWEF]\d{4} \d{2}:/;
const LEADING_TIME =
  /^[[(<"']{0,2}(?:[A-Z][a-z]{2},? )?(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{2}-\d{2}|[A-Z][a-z]{2} {1,2}\d{1,2}|\d{1,2} [A-Z][a-z]{2}|\d{8}|[IWEF]\d{4})?[T ,-]{0,3}\d{1,2}:\d{2}(?::\d{2})?(?:[.,:]\d{1,9})?(?: ?(?:Z|[AP]M|[+-]\d{2}:?\d{2}))?[\])>"']{0,2}[:|]?\s*/;

export function startsWithTime(line: string): boolean {
  return (
    LEADING_TIME.test(line) ||
    /^[^\s:]{0,60}\d{4}-\d{2}-\d{2}[T_ ]\d{2}[:_]\d{2}/.test(line) ||
    TIME.test(line.slice(0, 24))
  );
}

/** What stands behind the time at the start of a line. */
export function withoutTime(line: string): string {
  return line.replace(LEADING_TIME, '');
}

/** True for a time at the start of a line or near it. */
export function hasTime(line: string): boolean {
  return LEADING_TIME.test(line) || TIME.test(line.slice(0, 120));
}
