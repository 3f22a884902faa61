import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { getTokenizer } from '@anthropic-ai/tokenizer';
import llama3 from 'llama3-tokenizer-js';
import { loadTokenCounter } from '#libs/tokens';
import { ms, printTable } from '../table.js';
import { timing } from './measure.js';

const DATA = join('..', 'shared', 'data');
const SETS = [
  ...['longmemeval-evidence', 'conversations', 'source-files', 'json-responses', 'loghub', 'build-logs'],
  ...['search-outputs', 'diffs', join('article-extraction', 'html')],
];
const FILES = 12;
const CHARACTERS = 12_000;

/** No set is in these scripts; the same paragraph in each. */
const PROSE: readonly (readonly [string, string])[] = [
  ['Chinese', '我们明天上午开会讨论新的计划。请带上你的笔记本电脑和上个月的数据，会后一起吃午饭。'],
  [
    'Japanese',
    '明日の午前中に新しい計画について会議をします。先月のデータとノートパソコンを持ってきてください。',
  ],
  ['Korean', '내일 오전에 새로운 계획에 대해 회의를 합니다. 지난달 자료와 노트북을 가져오세요.'],
  ['Russian', 'Завтра утром мы обсудим новый план. Возьмите с собой ноутбук и данные за прошлый месяц.'],
  ['Arabic', 'سنجتمع صباح الغد لمناقشة الخطة الجديدة. أحضروا حواسيبكم وبيانات الشهر الماضي.'],
  ['Hindi', 'हम कल सुबह नई योजना पर चर्चा करेंगे। कृपया अपना लैपटॉप और पिछले महीने के आँकड़े साथ लाएँ।'],
  [
    'French',
    'Demain matin, nous étudierons le nouveau projet. Apportez votre ordinateur et les données du mois passé.',
  ],
];

/** How far the counts are from the encodings that are public: Claude 2's, the last of Anthropic's, and Llama 3's. */
export async function benchmarkTokens(): Promise<void> {
  if (!existsSync(DATA)) console.log(`\nToken estimates: real outputs skipped, there is no ${DATA}`);
  const kinds: [string, string[]][] = existsSync(DATA)
    ? SETS.map((set) => [set, samples(join(DATA, set))])
    : [];
  for (const [script, sentence] of PROSE) kinds.push([script, [`${sentence} `.repeat(10)]]);
  const gpt = await loadTokenCounter('gpt-4o');
  const claude = await loadTokenCounter('claude-sonnet-4-5');
  const claude2 = getTokenizer();
  const rows = kinds.map(([kind, texts]) => {
    const sum = (count: (text: string) => number): number =>
      texts.reduce((total, text) => total + count(text), 0);
    const plain = sum((text) => gpt.countText(text));
    const published = sum((text) => claude2.encode(text.normalize('NFKC'), 'all').length);
    const llama = sum((text) => llama3.encode(text, { bos: false, eos: false }).length);
    return [
      kind,
      String(plain),
      String(published),
      difference(plain * 1.2, published),
      difference(
        sum((text) => claude.countText(text)),
        published,
      ),
      String(llama),
      difference(plain, llama),
    ];
  });
  printTable(
    'Tokens: estimates against published encodings (+ is too many)',
    ['', 'o200k', 'Claude 2', 'o200k × 1.2', 'estimate', 'Llama 3', 'o200k for it'],
    rows,
  );
  await speed(kinds.flatMap(([, texts]) => texts).join('\n'));
}

async function speed(text: string): Promise<void> {
  const rows: string[][] = [];
  // A letter more each time: what was counted before is remembered.
  let salted = text;
  for (const model of ['gpt-4o', 'gpt-4', 'claude-sonnet-4-5']) {
    const counter = await loadTokenCounter(model);
    const { p50 } = await timing(() => Promise.resolve(counter.countText((salted += 'x'))), 7, 2);
    rows.push([model, (text.length / 1e6).toFixed(2), ms(p50), (text.length / 1000 / p50).toFixed(1)]);
  }
  printTable('Tokens: speed of counting', ['', 'million characters', 'ms p50', 'million/s'], rows);
}

function samples(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !/SOURCE|LICENSE|CITATION/.test(join(file.parentPath, file.name)))
    .map((file) => join(file.parentPath, file.name))
    .sort();
  const step = Math.max(1, Math.floor(files.length / FILES));
  return files.filter((_, index) => index % step === 0).map((path) => textOf(path).slice(0, CHARACTERS));
}

function textOf(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

function difference(ours: number, theirs: number): string {
  const percent = 100 * (ours / theirs - 1);
  return `${percent >= 0 ? '+' : ''}${percent.toFixed(1)}%`;
}
