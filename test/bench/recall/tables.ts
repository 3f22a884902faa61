import { printTable } from '../table.js';
import {
  CONTEXT_TOKENS,
  meanOf,
  type Measured,
  type MeasuredQuestion,
  type Mode,
  type Scores,
} from './measure.js';

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

/** A figure of a table. */
export interface Column {
  readonly name: string;
  readonly of: (measured: Measured) => string;
}

const shares = (of: string, pick: (measured: Measured) => Scores, figures: readonly (keyof Scores)[]) =>
  figures.map((figure): Column => ({
    name: `${of} ${FIGURES[figure]}`,
    of: (measured) => percent(pick(measured)[figure]),
  }));
const FIGURES = { r5: 'R@5', r10: 'R@10', r20: 'R@20', hit10: 'hit@10', ndcg10: 'nDCG@10' } as const;

export const TURN_COLUMNS = shares('turn', ({ turns }) => turns, ['r5', 'r10', 'r20', 'hit10', 'ndcg10']);
export const SESSION_COLUMNS = shares('session', ({ sessions }) => sessions, [
  'r5',
  'r10',
  'hit10',
  'ndcg10',
]);
/** What a search with `max_tokens` brings. */
export const PACKED_COLUMNS: readonly Column[] = [
  { name: 'packed turns', of: ({ packed }) => percent(packed.turns) },
  { name: 'packed sessions', of: ({ packed }) => percent(packed.sessions) },
  { name: 'mean tokens', of: ({ packed }) => packed.tokens.toFixed(0) },
];
export const ASKED_COLUMN: Column = {
  name: 'turn R@10 of top_k 10',
  of: ({ asked10 }) => percent(asked10),
};

/** Published figures to hold beside a table's, by the name of its row or by its mode. */
export interface Published {
  readonly name: string;
  readonly of: Readonly<Record<string, string>>;
}

/** The table of one run: a row for each group. */
export function printGroups(
  title: string,
  run: Run,
  groups: readonly Group[],
  columns: readonly Column[],
  published?: Published,
): void {
  printTable(
    `${title}: ${run.arrangement}, ${run.mode} (%)`,
    [
      'questions',
      'n',
      ...columns.map(({ name }) => name),
      ...(published === undefined ? [] : [published.name]),
    ],
    Object.entries(byGroup(run, groups)).map(([name, { questions, ...measured }]) => [
      name,
      String(questions),
      ...columns.map((column) => column.of(measured)),
      ...(published === undefined ? [] : [published.of[name] ?? '']),
    ]),
  );
}

/** One row per run, over the questions of one group. */
export function printSummary(
  title: string,
  runs: readonly Run[],
  group: Group,
  columns: readonly Column[],
  published?: Published,
): void {
  printTable(
    `${title}: ${group.name} (%; packed: max_tokens ${CONTEXT_TOKENS})`,
    [
      'arrangement, mode',
      ...columns.map(({ name }) => name),
      ...(published === undefined ? [] : [published.name]),
    ],
    runs.map((run) => {
      const measured = meanOf(run.questions.filter(({ category }) => group.takes(category)));
      return [
        `${run.arrangement}, ${run.mode}`,
        ...columns.map((column) => column.of(measured)),
        ...(published === undefined ? [] : [published.of[run.mode] ?? '']),
      ];
    }),
  );
}
