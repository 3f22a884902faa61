import { keepResult } from './json-result.js';
import { locomoCorpora } from './locomo/data.js';
import { runCorpus } from './recall/run-corpus.js';
import { byGroup, printGroups, printSummary, type Group, type Run } from './recall/tables.js';

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
const PUBLISHED = { 'multi-hop': '33.7', 'open-domain': '28.6', overall: '63.8' };
/** R@10 of BM25, of MiniLM (MemPalace) and of a hybrid with bge-large, over all ten conversations. */
const PUBLISHED_R10 = {
  keyword: 'turn 63.8, 73.5 with ±1; session 93.8',
  semantic: 'turn 48.0; session 60.3',
  hybrid: 'session 92.4',
};

/** How well the evidence of LoCoMo's questions is found, through the HTTP API, without any model in the loop. */
export async function benchmarkLocomo(): Promise<void> {
  const corpora = locomoCorpora();
  if (corpora === undefined) {
    console.log('\nLoCoMo: left out, the data set is missing.');
    return;
  }
  const runs: Run[] = [];
  for (const corpus of corpora) runs.push(...(await runCorpus(corpus)));
  for (const run of runs) printGroups('LoCoMo', run, GROUPS, PUBLISHED);
  for (const group of OVERALL) printSummary('LoCoMo', runs, group, PUBLISHED_R10);
  keepResult(
    'locomo',
    runs.map((run) => ({ arrangement: run.arrangement, mode: run.mode, groups: byGroup(run, GROUPS) })),
  );
}
