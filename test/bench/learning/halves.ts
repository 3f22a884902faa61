import { printTable } from '../table.js';
import { Reader, type Outcome, type ReadOutput } from './reader.js';

/** The most that hints ever keep, for every tool alike: what keeping more would do without learning. */
const MORE = { smart_crusher: { max_items_after_crush: 50 }, search: { max_results: 167 } };

/** Of one half of the outputs, read without learning, with more items kept of everything, and after learning. */
export interface Measured {
  readonly name: string;
  readonly cold: Outcome;
  readonly more: Outcome;
  readonly learned: Outcome;
}

/** Learns from the first outputs and measures on the others. */
export async function measureLearning(
  name: string,
  first: readonly ReadOutput[],
  second: readonly ReadOutput[],
): Promise<Measured> {
  const learner = await Reader.open();
  const cold = await Reader.open({ HEADROOM_TELEMETRY: 'off' });
  const generous = await Reader.open({ HEADROOM_TELEMETRY: 'off' }, MORE);
  try {
    await learner.readAll(first);
    return {
      name,
      cold: await cold.readAll(second),
      more: await generous.readAll(second),
      learned: await learner.readAll(second),
    };
  } finally {
    await Promise.all([learner.close(), cold.close(), generous.close()]);
  }
}

const WAYS = ['cold', 'more', 'learned'] as const;

export function printLearning(title: string, measured: readonly Measured[]): void {
  const told = (what: string) => WAYS.map((way) => `${what} ${way}`);
  const rows = [...measured, sumOf(measured)].map((each) => {
    const outcomes = WAYS.map((way) => each[way]);
    return [
      each.name,
      String(each.cold.wanted),
      ...outcomes.map(({ kept, wanted }) => percent(kept, wanted)),
      ...outcomes.map(({ tokensBefore, tokensAfter }) => percent(tokensBefore - tokensAfter, tokensBefore)),
      ...outcomes.map(({ retrievals }) => String(retrievals)),
    ];
  });
  printTable(title, ['', 'wanted', ...told('kept'), ...told('saved'), ...told('asked')], rows);
}

function sumOf(measured: readonly Measured[]): Measured {
  const sum = (way: (typeof WAYS)[number]): Outcome =>
    measured
      .map((each) => each[way])
      .reduce((a, b) => ({
        wanted: a.wanted + b.wanted,
        kept: a.kept + b.kept,
        tokensBefore: a.tokensBefore + b.tokensBefore,
        tokensAfter: a.tokensAfter + b.tokensAfter,
        retrievals: a.retrievals + b.retrievals,
      }));
  return { name: 'all', cold: sum('cold'), more: sum('more'), learned: sum('learned') };
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}
