import { keepResult } from './json-result.js';
import { locomoCorpora } from './locomo/data.js';
import { compareStores } from './locomo/stores.js';
import { runCorpus } from './recall/run-corpus.js';
import {
  ASKED_COLUMN,
  byGroup,
  PACKED_COLUMNS,
  printGroups,
  printSummary,
  SESSION_COLUMNS,
  TURN_COLUMNS,
  type Group,
  type Run,
} from './recall/tables.js';

const category = (name: string): Group => ({ name, takes: (other) => other === name });
const OVERALL: readonly Group[] = [
  { name: 'overall without adversarial', takes: (name) => name !== 'adversarial' },
  { name: 'overall', takes: () => true },
];
const GROUPS: readonly Group[] = [
  ...['multi-hop', 'temporal', 'open-domain', 'single-hop', 'adversarial'].map(category),
  ...OVERALL,
];

/** R@10 by turn of stemmed BM25 over all ten conversations, of single turns. */
const PUBLISHED = {
  name: 'published turn R@10',
  of: { 'multi-hop': '33.7', 'open-domain': '28.6', overall: '63.8' },
};
/** R@10 of BM25, of MiniLM (MemPalace) and of a hybrid with bge-large, over all ten conversations. */
const PUBLISHED_BY_MODE = {
  name: 'published R@10',
  of: {
    keyword: 'turn 63.8, 73.5 with ±1; session 93.8',
    semantic: 'turn 48.0; session 60.3',
    hybrid: 'session 92.4',
  },
};
const COLUMNS = [...TURN_COLUMNS, ...SESSION_COLUMNS];
const SUMMARY_COLUMNS = [...COLUMNS, ASKED_COLUMN, ...PACKED_COLUMNS];

/** How well the evidence of LoCoMo's questions is found, through the HTTP API, without any model in the loop. */
export async function benchmarkLocomo(): Promise<void> {
  const corpora = locomoCorpora();
  if (corpora === undefined) {
    console.log('\nLoCoMo: left out, the data set is missing.');
    return;
  }
  const [first] = corpora;
  const runs: Run[] = [];
  for (const corpus of corpora) runs.push(...(await runCorpus(corpus)));
  for (const run of runs) printGroups('LoCoMo', run, GROUPS, COLUMNS, PUBLISHED);
  for (const group of OVERALL) printSummary('LoCoMo', runs, group, SUMMARY_COLUMNS, PUBLISHED_BY_MODE);
  const stores = first === undefined ? [] : await compareStores(first, runs);
  keepResult(
    'locomo',
    [...runs.map((run) => ({ ...run, store: 'SQLite' })), ...stores].map((run) => ({
      store: run.store,
      arrangement: run.arrangement,
      mode: run.mode,
      groups: byGroup(run, GROUPS),
    })),
  );
}
