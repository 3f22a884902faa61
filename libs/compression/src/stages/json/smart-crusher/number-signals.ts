/** Items on each side whose means are compared for a change point; more in long series, where chance does more. */
const MIN_WINDOW = 5;
const MAX_WINDOW = 10;
/** Values beyond the threshold are exceptions, not the tail of the distribution, up to this share of all. */
const EXCEPTIONAL_SHARE = 0.01;
/** And up to this share, or this many, where a gap of one standard deviation parts them from the rest. */
const PARTED_SHARE = 0.02;
const PARTED_ITEMS = 15;
/** A few values that come again and again are a kind of their own; so many of them, or a hundredth, are enough. */
const REPEATED_ITEMS = 5;
const REPEATED_SHARE = 0.01;
const REPETITIONS = 3;

/** Values beyond the threshold, by position. */
export interface Anomalies {
  /** Exceptions: few, or far from all others. */
  readonly outliers: readonly number[];
  /** The long tail that a distribution such as the normal one has anyway, farthest first. */
  readonly tail: readonly number[];
}

/**
 * Positions whose value lies more than `threshold` standard deviations from the mean; values that are not finite are
 * left out. One value in twenty of normal noise does: such a tail is told apart from exceptions by the gap it lacks.
 */
export function anomalies(values: Float64Array, threshold: number): Anomalies {
  const spread = spreadOf(values, threshold);
  const { beyond, count } = spread;
  if (beyond.length <= Math.max(1, count * EXCEPTIONAL_SHARE)) return { outliers: beyond, tail: [] };
  const parted = partedItems(values, spread);
  const allowed = isRepeating(values, parted)
    ? Math.max(REPEATED_ITEMS, Math.floor(count * REPEATED_SHARE))
    : Math.max(PARTED_ITEMS, Math.floor(count * PARTED_SHARE));
  const outliers = parted.slice(0, allowed);
  return { outliers: outliers.sort((a, b) => a - b), tail: beyond.slice(outliers.length) };
}

/** Positions of texts whose length lies beyond the threshold, and far from all others. */
export function lengthAnomalies(lengths: Float64Array, threshold: number): number[] {
  const spread = spreadOf(lengths, threshold);
  const parted = partedItems(lengths, spread);
  if (parted.length > 1 && isRepeating(lengths, parted)) return [];
  return parted.slice(0, Math.max(PARTED_ITEMS, Math.floor(spread.count * PARTED_SHARE)));
}

interface Spread {
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
  /** Positions beyond the threshold, farthest first, and the distance of the farthest that is not. */
  readonly beyond: number[];
  readonly usual: number;
}

function spreadOf(values: Float64Array, threshold: number): Spread {
  const { count, mean, deviation } = momentsOf(values);
  const beyond: number[] = [];
  let usual = 0;
  if (deviation > 0) {
    for (let index = 0; index < values.length; index++) {
      const value = values[index] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      const distance = Math.abs(value - mean);
      if (distance > threshold * deviation) beyond.push(index);
      else if (distance > usual) usual = distance;
    }
    const distanceOf = (index: number): number => Math.abs((values[index] ?? mean) - mean);
    beyond.sort((a, b) => distanceOf(b) - distanceOf(a) || a - b);
  }
  return { count, mean, deviation, beyond, usual };
}

/** Those beyond the innermost gap of a standard deviation, farthest first. */
function partedItems(values: Float64Array, { mean, deviation, beyond, usual }: Spread): number[] {
  let inner = usual;
  for (let index = beyond.length - 1; index >= 0; index--) {
    const distance = Math.abs((values[beyond[index] ?? 0] ?? mean) - mean);
    if (distance - inner > deviation) return beyond.slice(0, index + 1);
    inner = distance;
  }
  return [];
}

function isRepeating(values: Float64Array, positions: readonly number[]): boolean {
  const distinct = new Set(positions.map((position) => values[position]));
  return distinct.size * REPETITIONS <= positions.length;
}

/** Positions where the mean of the next few values leaves that of the last few by more than the threshold. */
export function changePoints(values: Float64Array, threshold: number): number[] {
  const { mean, deviation } = momentsOf(values);
  const window = Math.max(MIN_WINDOW, Math.min(MAX_WINDOW, Math.floor(values.length / 20)));
  if (deviation === 0 || values.length < 4 * window) return [];
  const limit = threshold * deviation * window;
  // What is missing is taken for the mean, so that gaps are no steps.
  const valueAt = (index: number): number => {
    const value = values[index] ?? mean;
    return Number.isFinite(value) ? value : mean;
  };
  let before = 0;
  let after = 0;
  for (let index = 0; index < window; index++) {
    before += valueAt(index);
    after += valueAt(index + window);
  }
  const found: number[] = [];
  let best = { index: -window, shift: 0 };
  for (let index = window; ; index++) {
    const shift = Math.abs(after - before);
    if (shift > limit) {
      if (index - best.index >= window) {
        best = { index, shift };
        found.push(index);
      } else if (shift > best.shift) {
        best = { index, shift };
        found[found.length - 1] = index;
      }
    }
    if (index + window >= values.length) return found;
    before += valueAt(index) - valueAt(index - window);
    after += valueAt(index + window) - valueAt(index);
  }
}

/** Count, mean and population standard deviation of the finite values; zeros where they cannot be told. */
export function momentsOf(values: Float64Array): { count: number; mean: number; deviation: number } {
  let count = 0;
  let sum = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
  }
  if (count === 0) return { count: 0, mean: 0, deviation: 0 };
  const mean = sum / count;
  let squares = 0;
  for (const value of values) if (Number.isFinite(value)) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / count);
  return Number.isFinite(deviation) ? { count, mean, deviation } : { count, mean: 0, deviation: 0 };
}
