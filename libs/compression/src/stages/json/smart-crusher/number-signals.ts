import type { JsonNode, JsonObjectNode } from '#libs/json-text';

/** Items on each side whose means are compared for a change point. */
const WINDOW = 5;
/** Columns beyond this many are not looked at. */
const MAX_COLUMNS = 200;

/** The numeric columns of rows, one level of nesting included; NaN where a row has no such number. */
export function numericColumns(rows: readonly JsonObjectNode[]): Float64Array[] {
  const columns = new Map<string, Float64Array>();
  const note = (path: string, row: number, node: JsonNode): void => {
    if (node.kind !== 'number') return;
    let column = columns.get(path);
    if (column === undefined) {
      if (columns.size >= MAX_COLUMNS) return;
      column = new Float64Array(rows.length).fill(Number.NaN);
      columns.set(path, column);
    }
    column[row] = Number(node.text);
  };
  for (const [index, row] of rows.entries()) {
    for (const [member, value] of row.values.entries()) {
      const key = row.keys[member] ?? '';
      if (value.kind !== 'object') note(key, index, value);
      else
        for (const [inner, nested] of value.values.entries())
          note(`${key}.${value.keys[inner] ?? ''}`, index, nested);
    }
  }
  return [...columns.values()];
}

/** Positions whose value lies more than `threshold` standard deviations from the mean. */
export function anomalies(values: Float64Array, threshold: number): number[] {
  const { mean, deviation } = momentsOf(values);
  if (deviation === 0) return [];
  const found: number[] = [];
  for (const [index, value] of values.entries()) {
    if (Number.isFinite(value) && Math.abs(value - mean) > threshold * deviation) found.push(index);
  }
  return found;
}

/** Positions where the mean of the next few values leaves that of the last few by more than the threshold. */
export function changePoints(values: Float64Array, threshold: number): number[] {
  const { deviation } = momentsOf(values);
  if (deviation === 0 || values.length < 4 * WINDOW) return [];
  const sums = new Float64Array(values.length + 1);
  for (const [index, value] of values.entries()) {
    sums[index + 1] = (sums[index] ?? 0) + (Number.isFinite(value) ? value : 0);
  }
  const meanOf = (from: number, to: number): number => ((sums[to] ?? 0) - (sums[from] ?? 0)) / (to - from);
  const found: number[] = [];
  let best = { index: -WINDOW, shift: 0 };
  for (let index = WINDOW; index <= values.length - WINDOW; index++) {
    const shift = Math.abs(meanOf(index, index + WINDOW) - meanOf(index - WINDOW, index));
    if (shift <= threshold * deviation) continue;
    if (index - best.index >= WINDOW) {
      best = { index, shift };
      found.push(index);
    } else if (shift > best.shift) {
      best = { index, shift };
      found[found.length - 1] = index;
    }
  }
  return found;
}

/** Mean and population standard deviation of the finite values. */
export function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  let count = 0;
  let sum = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
  }
  if (count === 0) return { mean: 0, deviation: 0 };
  const mean = sum / count;
  let squares = 0;
  for (const value of values) if (Number.isFinite(value)) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / count);
  return Number.isFinite(deviation) ? { mean, deviation } : { mean: 0, deviation: 0 };
}
