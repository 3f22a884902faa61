import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Keeps a benchmark's figures, unrounded, in the file that `BENCH_JSON` names, beside those of the other benchmarks of
 * the run, so that two runs can be compared. Without the variable it does nothing.
 */
export function keepResult(benchmark: string, figures: unknown): void {
  const file = process.env.BENCH_JSON;
  if (file === undefined || file === '') return;
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
  writeFileSync(file, `${JSON.stringify({ ...known, [benchmark]: figures }, null, 2)}\n`);
}
