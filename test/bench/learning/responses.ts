import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../samples.js';
import { measureLearning, printLearning, type Measured } from './halves.js';
import type { ReadOutput } from './reader.js';

const DATA = join('..', 'shared', 'data', 'json-responses');
/** Pages that a response is cut into, as an API would page it; of each, so many rows are wanted later. */
const PAGES = 16;
const ROWS_PER_PAGE = 60;
/** Of few rows, pages hold this share, so that no page is the same as another. */
const SHORT_PAGE = 0.6;
const WANTED_PER_PAGE = 3;

interface Api {
  readonly tool: string;
  readonly file: string;
  /** Where the rows are, and the field by which agents ask for them. */
  readonly rows: (document: never) => readonly Record<string, unknown>[];
  readonly field: string;
}

const itself = (document: readonly Record<string, unknown>[]): readonly Record<string, unknown>[] => document;
const APIS: readonly Api[] = [
  {
    tool: 'list_contributors',
    file: 'github-api-repos-sferik-rails-admin-contributors.json',
    rows: itself,
    field: 'login',
  },
  { tool: 'list_users', file: 'github-api-users.json', rows: itself, field: 'login' },
  {
    tool: 'list_tree',
    file: 'github-api-repos-sferik-rails-admin-git-trees-3cdfabd973bc3caac209cba90.json',
    rows: ({ tree }: { tree: Record<string, unknown>[] }) => tree,
    field: 'path',
  },
  {
    tool: 'package_versions',
    file: 'dependabot-packagist_responses-illuminate--support.json',
    rows: ({ packages }: { packages: Record<string, Record<string, unknown>[]> }) =>
      Object.values(packages)[0] ?? [],
    field: 'version',
  },
  {
    tool: 'gem_versions',
    file: 'dependabot-rubygems_responses-versions-bundler.json',
    rows: itself,
    field: 'number',
  },
  { tool: 'budget_lines', file: 'vega-budget.json', rows: itself, field: 'Account name' },
  { tool: 'list_comments', file: 'github-api-gists-5421307-comments.json', rows: itself, field: 'id' },
];

/** API responses in pages; agents ask for rows by the one field that names them. */
export async function benchmarkLearnedResponses(): Promise<void> {
  if (!existsSync(DATA)) {
    console.log(`\nLearning from API responses: skipped, no ${DATA}.`);
    return;
  }
  const measured: Measured[] = [];
  for (const api of APIS) {
    const pages = pagesOf(api);
    const half = pages.length / 2;
    measured.push(await measureLearning(api.tool, pages.slice(0, half), pages.slice(half)));
  }
  printLearning(
    'API responses: values by which rows are asked for that can be read without a retrieval',
    measured,
  );
}

/** Pages of one half of the rows, then pages of the other: no row that was learned from is measured. */
function pagesOf({ tool, file, rows: rowsOf, field }: Api): ReadOutput[] {
  const rows = rowsOf(JSON.parse(readFileSync(join(DATA, file), 'utf8')) as never);
  const middle = Math.floor(rows.length / 2);
  const rowsPerPage = Math.min(ROWS_PER_PAGE, Math.floor(middle * SHORT_PAGE));
  const random = seededRandom(rows.length);
  return [rows.slice(0, middle), rows.slice(middle)].flatMap((half) =>
    Array.from({ length: PAGES / 2 }, (): ReadOutput => {
      const start = Math.floor(random() * (half.length - rowsPerPage));
      const page = half.slice(start, start + rowsPerPage);
      const wanted = Array.from({ length: WANTED_PER_PAGE }, () =>
        String(page[Math.floor(random() * page.length)]?.[field]),
      );
      return { toolName: tool, content: JSON.stringify(page), wanted };
    }),
  );
}
