import { momentsOf } from './number-signals.js';

/** What an array of numbers holds in all, such as `400 numbers: min 10, max 900, mean 37.1, …`. */
export function summaryOfNumbers(numbers: Iterable<number>): string {
  const values = Float64Array.from(numbers).sort();
  const { mean, deviation } = momentsOf(values);
  const short = (value: number): string => String(Number(value.toPrecision(6)));
  const median = values[Math.floor(values.length / 2)] ?? 0;
  const [low = 0] = values;
  return `${String(values.length)} numbers: min ${short(low)}, max ${short(values.at(-1) ?? 0)}, mean ${short(mean)}, median ${short(median)}, standard deviation ${short(deviation)}`;
}
