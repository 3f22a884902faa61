import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { loadTokenCounter } from '#libs/tokens';
import { quantile, timed } from '../samples.js';
import { ms, printTable } from '../table.js';
import { compressConversation, MODEL, percentSaved } from './measure.js';
import { bootstrapSpread, meanScores, type PageScore, scorePage } from './shingle-score.js';

const DATA = join('..', 'shared', 'data', 'article-extraction');

interface Page {
  readonly html: string;
  readonly body: string;
}

interface Extracted {
  /** The text that counts as the article's. */
  readonly text: string;
  readonly tokensIn: number;
  readonly tokensOut: number;
}

interface Extraction {
  readonly name: string;
  /** With counting the tokens of the page and of its text, as every compression needs them. */
  readonly extract: (html: string) => Promise<Extracted>;
}

const EXTRACTIONS: readonly Extraction[] = [
  {
    name: 'this server',
    extract: async (html) => {
      const messages = [{ role: 'tool' as const, tool_call_id: 'call_1', content: html }];
      const { messages: compressed, tokensBefore, tokensAfter } = await compressConversation(messages);
      const content = compressed[0]?.content;
      const text =
        typeof content === 'string' ? content.replace(/\n\[\d+ lines compressed to [^\n]*$/, '') : '';
      return { text, tokensIn: tokensBefore, tokensOut: tokensAfter };
    },
  },
  {
    name: 'readability + linkedom, textContent',
    extract: async (html) => {
      const counter = await loadTokenCounter(MODEL);
      // Its types need those of a browser, which this repository does without.
      const { document } = parseHTML(html) as { document: never };
      const text = new Readability(document).parse()?.textContent ?? '';
      return { text, tokensIn: counter.countText(html), tokensOut: counter.countText(text) };
    },
  },
];

/** Article extraction: how much of each article stays, and how little else (the benchmark's own shingle measure). */
export async function benchmarkHtml(): Promise<void> {
  const truth = join(DATA, 'ground-truth.json');
  if (!existsSync(truth)) {
    console.log('\nHTML: skipped, there is no ../shared/data/article-extraction.');
    return;
  }
  const pages = readPages(truth);
  const rows: string[][] = [];
  for (const extraction of EXTRACTIONS) rows.push(await measure(extraction, pages));
  rows.push(
    ['published: Headroom', '.919', '', '.879', '.982', '', '', '94.9%', '', '', ''],
    ['published: trafilatura', '.958', '', '', '', '', '', '', '', '', ''],
    ['published: best', '.970', '', '', '', '', '', '', '', '', ''],
    ['target', '≥ .970', '', '', '≥ .985', '', '', '', '', '', ''],
  );
  printTable(
    `HTML, ${pages.length} pages of the article-extraction benchmark (4-gram shingles of words, averaged over pages)`,
    [
      'extraction',
      'F1',
      '95 % spread',
      'precision',
      'recall',
      'tokens in',
      'tokens out',
      'saved',
      'p50 ms',
      'p95 ms',
      'MB/s',
    ],
    rows,
  );
}

async function measure({ name, extract }: Extraction, pages: readonly Page[]): Promise<string[]> {
  const scores: PageScore[] = [];
  const times: number[] = [];
  let [tokensIn, tokensOut, bytes] = [0, 0, 0];
  for (const { html } of pages.slice(0, 10)) await extract(html);
  for (const { html, body } of pages) {
    let text = '';
    times.push(
      await timed(async () => {
        const extracted = await extract(html);
        text = extracted.text;
        tokensIn += extracted.tokensIn;
        tokensOut += extracted.tokensOut;
      }),
    );
    bytes += Buffer.byteLength(html);
    scores.push(scorePage(text, body));
  }
  const { f1, precision, recall } = meanScores(scores);
  const total = times.reduce((sum, time) => sum + time, 0);
  return [
    name,
    f1.toFixed(4),
    `± ${bootstrapSpread(scores).toFixed(4)}`,
    precision.toFixed(4),
    recall.toFixed(4),
    String(tokensIn),
    String(tokensOut),
    percentSaved(tokensIn, tokensOut),
    ms(quantile(times, 0.5)),
    ms(quantile(times, 0.95)),
    (bytes / 1000 / total).toFixed(1),
  ];
}

function readPages(truth: string): Page[] {
  const articles = JSON.parse(readFileSync(truth, 'utf8')) as Record<string, { articleBody: string }>;
  return Object.keys(articles)
    .sort()
    .map((key) => ({
      html: gunzipSync(readFileSync(join(DATA, 'html', `${key}.html.gz`))).toString('utf8'),
      body: articles[key]?.articleBody ?? '',
    }));
}
