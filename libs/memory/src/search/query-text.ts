/** Questions are short; of a pasted document its beginning and its end say what it is about. */
const MAX_CHARACTERS = 4_000;

/** The part of a long query that is searched for: its beginning and its end. */
export function clipQuery(query: string): string {
  if (query.length <= MAX_CHARACTERS) return query;
  const half = MAX_CHARACTERS / 2;
  return `${query.slice(0, half)}\n${query.slice(-half)}`.toWellFormed();
}
