import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TreeSitterParser } from '#libs/adapters';
import type { CodeLanguage } from '#libs/compression';
import { quantile, timed } from '../samples.js';
import { ms, printTable } from '../table.js';
import { compressText, percentSaved } from './measure.js';

const FILES = join('..', 'shared', 'data', 'source-files');
const LANGUAGES: readonly CodeLanguage[] = [
  'python',
  'javascript',
  'typescript',
  'go',
  'rust',
  'java',
  'c',
  'cpp',
];
/** Functions and methods with a name, by grammar. */
const SIGNATURES: readonly string[] = [
  'function_definition',
  'function_declaration',
  'generator_function_declaration',
  'method_definition',
  'method_declaration',
  'constructor_declaration',
  'function_item',
];
const BODIES = ['block', 'statement_block', 'compound_statement', 'constructor_body'];
const RUNS = 7;

interface Row {
  files: number;
  tokensIn: number;
  tokensOut: number;
  parsing: number;
  signatures: number;
  keptSignatures: number;
  characters: number;
  readonly samples: number[];
}

/** Whole files of eight languages, as they are read and with line numbers. */
export async function benchmarkCode(): Promise<void> {
  if (!existsSync(FILES)) {
    console.log(`\nCode: skipped, ${FILES} is missing.`);
    return;
  }
  const parser = new TreeSitterParser();
  const loading = await timed(() => parser.parse('x = 1', 'python', { types: [], lists: [] }));
  const header = [
    'language',
    'files',
    'tokens in',
    'out',
    'saved',
    'target',
    'parse',
    'signatures',
    'p50 ms',
    'p95 ms',
    'MB/s',
  ];
  for (const isNumbered of [false, true]) {
    const rows: string[][] = [];
    for (const language of LANGUAGES) rows.push(cells(language, await measure(parser, language, isNumbered)));
    printTable(
      isNumbered ? 'Code with line numbers' : 'Code: skeletons (peer: TypeScript 75.0%, 1.7 ms a file)',
      header,
      rows,
    );
  }
  console.log(`The runtime and its first grammar load in ${ms(loading)} ms.`);
}

async function measure(parser: TreeSitterParser, language: CodeLanguage, isNumbered: boolean): Promise<Row> {
  const row: Row = {
    files: 0,
    tokensIn: 0,
    tokensOut: 0,
    parsing: 0,
    signatures: 0,
    keptSignatures: 0,
    characters: 0,
    samples: [],
  };
  for (const name of readdirSync(join(FILES, language))) {
    const code = readFileSync(join(FILES, language, name), 'utf8');
    const shown = isNumbered ? numbered(code) : code;
    const config = { protectRecentCode: 0 };
    const { tokensIn, tokensOut, output } = await compressText(shown, '', config);
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) times.push(await timed(() => compressText(shown, '', config)));
    const plain = isNumbered ? output.replace(/^ {0,5}\d{1,6}\t/gm, '') : output;
    const before = await outline(parser, code, language);
    const after = await outline(parser, plain, language);
    row.files++;
    row.tokensIn += tokensIn;
    row.tokensOut += tokensOut;
    row.parsing += after.errors <= before.errors ? 1 : 0;
    row.signatures += before.signatures.length;
    row.keptSignatures += before.signatures.filter((signature) => plain.includes(signature)).length;
    row.characters += shown.length;
    row.samples.push(Math.min(...times));
  }
  return row;
}

/** The text of each signature as it stands, without the comments in it, and how much does not parse. */
async function outline(
  parser: TreeSitterParser,
  code: string,
  language: CodeLanguage,
): Promise<{ errors: number; signatures: string[] }> {
  const tree = await parser.parse(code, language, { types: [...SIGNATURES, ...BODIES], lists: [] });
  const signatures: string[] = [];
  const open = [...(tree?.root.children ?? [])];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    open.push(...node.children);
    const body = node.children.at(-1);
    if (!SIGNATURES.includes(node.type) || body === undefined) continue;
    const signature = code.slice(node.start, body.start).trim();
    if (!/\/[/*]|#/.test(signature)) signatures.push(signature);
  }
  return { errors: tree?.errors.length ?? 0, signatures };
}

const numbered = (code: string): string =>
  code
    .split('\n')
    .map((line, index) => `${String(index + 1).padStart(6)}\t${line}`)
    .join('\n');

function cells(language: CodeLanguage, row: Row): string[] {
  const total = row.samples.reduce((sum, sample) => sum + sample, 0);
  return [
    language,
    String(row.files),
    String(row.tokensIn),
    String(row.tokensOut),
    percentSaved(row.tokensIn, row.tokensOut),
    '75%',
    `${row.parsing}/${row.files}`,
    `${row.keptSignatures}/${row.signatures}`,
    ms(quantile(row.samples, 0.5)),
    ms(quantile(row.samples, 0.95)),
    (row.characters / total / 1000).toFixed(1),
  ];
}
