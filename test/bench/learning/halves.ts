import { printTable } from '../table.js';
import { Reader, type Outcome, type ReadOutput } from './reader.js';

/** Learns from the first outputs and measures on the others, with and without what was learned. */
export async function measureLearning(
  first: readonly ReadOutput[],
  second: readonly ReadOutput[],
): Promise<{ readonly without: Outcome; readonly with: Outcome }> {
  const [learner, cold] = [await Reader.open(), await Reader.open({ HEADROOM_TELEMETRY: 'off' })];
  try {
    await learner.readAll(first);
    return { without: await cold.readAll(second), with: await learner.readAll(second) };
  } finally {
    await learner.close();
    await cold.close();
  }
}

export interface Measured {
  readonly name: string;
  readonly without: Outcome;
  readonly with: Outcome;
}

export function printLearning(title: string, measured: readonly Measured[]): void {
  const header = [
    '',
    'wanted',
    'kept cold',
    'kept learned',
    'saved cold',
    'saved learned',
    'retrievals',
    'learned',
  ];
  const rows = [...measured, { name: 'all', ...sumOf(measured) }].map((each) => [
    each.name,
    String(each.with.wanted),
    percent(each.without.kept, each.without.wanted),
    percent(each.with.kept, each.with.wanted),
    percent(each.without.tokensBefore - each.without.tokensAfter, each.without.tokensBefore),
    percent(each.with.tokensBefore - each.with.tokensAfter, each.with.tokensBefore),
    String(each.without.retrievals),
    String(each.with.retrievals),
  ]);
  printTable(title, header, rows);
}

function sumOf(measured: readonly Measured[]): Omit<Measured, 'name'> {
  const sum = (of: (each: Measured) => Outcome): Outcome =>
    measured.map(of).reduce((a, b) => ({
      wanted: a.wanted + b.wanted,
      kept: a.kept + b.kept,
      tokensBefore: a.tokensBefore + b.tokensBefore,
      tokensAfter: a.tokensAfter + b.tokensAfter,
      retrievals: a.retrievals + b.retrievals,
    }));
  return { without: sum((each) => each.without), with: sum((each) => each.with) };
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}
