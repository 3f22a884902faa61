import { printTable } from '../table.js';
import { CONTEXT_TOKENS, meanOf, type Measured, type MeasuredQuestion, type Mode } from './measure.js';

/** What was measured of one arrangement in one mode. */
export interface Run {
  readonly arrangement: string;
  readonly mode: Mode;
  readonly questions: readonly MeasuredQuestion[];
}

/** A row of a table: some of the questions under one name. */
export interface Group {
  readonly name: string;
  readonly takes: (category: string) => boolean;
}

export const percent = (share: number): string => (share * 100).toFixed(1);

/** @returns the means of every group that has questions, by its name, and how many questions it has. */
export function byGroup(
  run: Run,
  groups: readonly Group[],
): Readonly<Record<string, Measured & { readonly questions: number }>> {
  const rows = groups.flatMap(({ name, takes }) => {
    const taken = run.questions.filter(({ category }) => takes(category));
    return taken.length === 0 ? [] : [[name, { questions: taken.length, ...meanOf(taken) }] as const];
  });
  return Object.fromEntries(rows);
}

/** One table per run: a row for each group, by turn and by session. */
export function printGroups(
  title: string,
  run: Run,
  groups: readonly Group[],
  published: Readonly<Record<string, string>> = {},
): void {
  const rows = Object.entries(byGroup(run, groups)).map(([name, { questions, turns, sessions }]) => [
    name,
    String(questions),
    ...[turns.r5, turns.r10, turns.r20, turns.hit10, turns.ndcg10].map(percent),
    ...[sessions.r5, sessions.r10, sessions.hit10, sessions.ndcg10].map(percent),
    ...(Object.keys(published).length > 0 ? [published[name] ?? ''] : []),
  ]);
  printTable(
    `${title}: ${run.arrangement}, ${run.mode} (%)`,
    [
      'questions',
      'n',
      ...['R@5', 'R@10', 'R@20', 'hit@10', 'nDCG@10'].map((name) => `turn ${name}`),
      ...['R@5', 'R@10', 'hit@10', 'nDCG@10'].map((name) => `session ${name}`),
      ...(Object.keys(published).length > 0 ? ['published turn R@10'] : []),
    ],
    rows,
  );
}

/** One row per run over the questions of one group, with what fits into a context of 1,000 tokens. */
export function printSummary(
  title: string,
  runs: readonly Run[],
  group: Group,
  published: Readonly<Record<Mode, string>>,
): void {
  const rows = runs.map((run) => {
    const { turns, sessions, asked10, packed } = meanOf(
      run.questions.filter(({ category }) => group.takes(category)),
    );
    return [
      `${run.arrangement}, ${run.mode}`,
      ...[turns.r5, turns.r10, turns.r20, asked10, sessions.r5, sessions.r10].map(percent),
      ...[packed.turns, packed.sessions].map(percent),
      packed.tokens.toFixed(0),
      published[run.mode],
    ];
  });
  printTable(
    `${title}: ${group.name} (%; packed: max_tokens ${CONTEXT_TOKENS})`,
    [
      'arrangement, mode',
      ...['R@5', 'R@10', 'R@20', 'R@10 of top_k 10'].map((name) => `turn ${name}`),
      ...['R@5', 'R@10'].map((name) => `session ${name}`),
      ...['packed turns', 'packed sessions', 'mean tokens'],
      'published R@10',
    ],
    rows,
  );
}
