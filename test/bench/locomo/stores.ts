import type { Corpus } from '../recall/corpus.js';
import { meanOf, type Mode } from '../recall/measure.js';
import { OTHER_STORES } from '../recall/stores.js';
import { percent, type Run } from '../recall/tables.js';
import { printTable } from '../table.js';

const MODES: readonly Mode[] = ['keyword', 'hybrid'];
/** Points of R@10 by which a store may differ from SQLite. */
const TOLERANCE = 1;

/** A run on a named store. */
export type StoreRun = Run & { readonly store: string };

/**
 * Asks one corpus on every other store and prints how far each is from SQLite; needs `TEST_POSTGRES_URL`.
 * @param onSqlite what SQLite found, of the same corpus among others.
 */
export async function compareStores(corpus: Corpus, onSqlite: readonly Run[]): Promise<StoreRun[]> {
  if ((process.env.TEST_POSTGRES_URL ?? '') === '') {
    console.log('\nOther stores: left out, TEST_POSTGRES_URL is not set.');
    return [];
  }
  const others: StoreRun[] = [];
  for (const [store, runOn] of Object.entries(OTHER_STORES)) {
    others.push(...(await runOn(corpus, MODES)).map((run) => ({ ...run, store })));
  }
  const expected = (mode: Mode): number =>
    recall(onSqlite.find((run) => run.arrangement === corpus.name && run.mode === mode));
  const rows = MODES.flatMap((mode) => [
    ['SQLite', mode, percent(expected(mode)), '', ''],
    ...others
      .filter((run) => run.mode === mode)
      .map((run) => {
        const points = (recall(run) - expected(mode)) * 100;
        const verdict = Math.abs(points) <= TOLERANCE ? 'yes' : 'NO';
        return [run.store, mode, percent(recall(run)), points.toFixed(2), verdict];
      }),
  ]);
  printTable(
    `LoCoMo on every store: ${corpus.name}, all questions (%)`,
    ['store', 'mode', 'turn R@10', 'points from SQLite', `within ${TOLERANCE}`],
    rows,
  );
  return others;
}

function recall(run: Run | undefined): number {
  return run === undefined ? Number.NaN : meanOf(run.questions).turns.r10;
}
