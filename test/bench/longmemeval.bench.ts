import { keepResult } from './json-result.js';
import { longMemEvalCorpora } from './longmemeval/data.js';
import { runCorpus } from './recall/run-corpus.js';
import {
  byGroup,
  PACKED_COLUMNS,
  printGroups,
  printSummary,
  SESSION_COLUMNS,
  type Group,
  type Run,
} from './recall/tables.js';

const TITLE = 'LongMemEval, evidence turns only';
const OVERALL: Group = { name: 'overall', takes: () => true };

/**
 * How well the sessions are found that answer LongMemEval's questions. Its haystack holds evidence alone, so the figures
 * compare our own runs and are no LongMemEval scores.
 */
export async function benchmarkLongMemEval(): Promise<void> {
  const corpora = longMemEvalCorpora();
  if (corpora === undefined) {
    console.log('\nLongMemEval: left out, the data set is missing.');
    return;
  }
  const runs: Run[] = [];
  for (const corpus of corpora) runs.push(...(await runCorpus(corpus)));
  const types = new Set(runs.flatMap(({ questions }) => questions.map(({ category }) => category)));
  const groups = [
    ...[...types].sort().map((name): Group => ({ name, takes: (category) => category === name })),
    OVERALL,
  ];
  for (const run of runs) printGroups(TITLE, run, groups, SESSION_COLUMNS);
  printSummary(TITLE, runs, OVERALL, [...SESSION_COLUMNS, ...PACKED_COLUMNS]);
  keepResult(
    'longmemeval-evidence',
    runs.map((run) => ({ arrangement: run.arrangement, mode: run.mode, groups: byGroup(run, groups) })),
  );
}
