const MAX_PATTERN_CHARACTERS = 200;
/** Each unbounded quantifier multiplies the time of a failed match by the length of the line. */
const MAX_UNBOUNDED = 3;

/**
 * Compiles a pattern that came from outside, if it cannot hang: no group is repeated, nothing looks around or back, and
 * at most three parts are unbounded. Python's leading `(?i)` is understood.
 * @returns undefined when the pattern is not valid or not safe.
 */
export function compileSafePattern(source: string): RegExp | undefined {
  const isCaseless = source.startsWith('(?i)');
  const pattern = isCaseless ? source.slice(4) : source;
  if (pattern === '' || pattern.length > MAX_PATTERN_CHARACTERS || !isSafe(pattern)) return undefined;
  try {
    return new RegExp(pattern, isCaseless ? 'gi' : 'g');
  } catch {
    return undefined;
  }
}

function isSafe(pattern: string): boolean {
  const bare = pattern
    .replace(/\\[\s\S]/g, (escape) => (/\\[1-9k]/.test(escape) ? '\\' : 'e'))
    .replace(/\[[^\]]*\]/g, 'c');
  if (bare.includes('\\') || /\(\?(?!:)/.test(bare)) return false;
  if (/\)\s*(?:[*+]|\{\d*,?\d*\})/.test(bare)) return false;
  return (bare.match(/[*+]|\{\d+,\}/g) ?? []).length <= MAX_UNBOUNDED;
}
