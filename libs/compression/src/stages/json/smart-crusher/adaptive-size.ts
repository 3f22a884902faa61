const WORD = /[\p{L}\p{N}_]+/gu;
const ASCII_WORD = /\w+/g;
const FOREIGN = /[^\x00-\x7f]/;
/** The curve is drawn over at most this many items, evenly spaced, and this much of each. */
const SAMPLE_ITEMS = 48;
const SAMPLE_CHARACTERS = 600;

/**
 * How many items tell most of what all of them tell: the knee (Satopää et al. 2011, "Finding a Kneedle in a Haystack")
 * of the curve of distinct word bigrams over items. Items that are all different have no knee and give `max`, but never fewer than `min`.
 */
export function adaptiveSize(items: readonly string[], min: number, max: number): number {
  if (max <= min) return min;
  const step = Math.max(1, Math.ceil(items.length / SAMPLE_ITEMS));
  const seen = new Set<string>();
  const coverage: number[] = [];
  for (let index = 0; index < items.length; index += step) {
    addBigrams((items[index] ?? '').slice(0, SAMPLE_CHARACTERS), seen);
    coverage.push(seen.size);
  }
  // The first item tells the names of all fields as well; what counts is what the others add.
  const first = coverage[0] ?? 0;
  const added = (coverage.at(-1) ?? 0) - first;
  const last = coverage.length - 1;
  if (added === 0) return min;
  let knee: number | undefined;
  let distance = 0.1;
  for (const [index, covered] of coverage.entries()) {
    const gain = (covered - first) / added - index / last;
    if (gain > distance) {
      distance = gain;
      knee = index;
    }
  }
  return knee === undefined ? max : Math.max(min, Math.min(max, knee + 1));
}

function addBigrams(text: string, seen: Set<string>): void {
  let previous = '';
  for (const word of text.match(FOREIGN.test(text) ? WORD : ASCII_WORD) ?? []) {
    seen.add(`${previous} ${word}`);
    previous = word;
  }
}
