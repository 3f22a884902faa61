import { detectContent } from '../../../libs/compression/src/router/detect-content.js';
import { quantile, timed } from '../samples.js';
import { ms, printTable } from '../table.js';
import { type LabelledText, labelledSets } from './router-samples.js';

const RUNS = 9;

/** What the router takes each set's texts for, how long that takes, and which texts it takes for something else. */
export async function benchmarkRouter(): Promise<void> {
  const wrong: string[][] = [];
  const rows: string[][] = [];
  const totals = { right: 0, of: 0 };
  for (const { name, texts } of labelledSets()) {
    const counts = new Map<string, number>();
    let right = 0;
    for (const each of texts) {
      const { label, confidence, reason } = detect(each);
      counts.set(label, (counts.get(label) ?? 0) + 1);
      if (each.kinds.includes(label)) right++;
      else wrong.push([each.name.slice(-60), each.kinds.join(' or '), label, confidence.toFixed(2), reason]);
    }
    totals.right += right;
    totals.of += texts.length;
    const found = [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([label, count]) => `${label} ${String(count)}`);
    const time = await slowest(texts);
    rows.push([
      name,
      String(texts.length),
      percent(right, texts.length),
      found.join(', '),
      ms(time.p50),
      time.megabytes,
    ]);
  }
  rows.push(['all', String(totals.of), percent(totals.right, totals.of), '', '', '']);
  printTable('Kinds of content', ['', 'texts', 'right', 'taken for', 'ms, longest', 'MB'], rows);
  if (wrong.length > 0)
    printTable('Taken for something else', ['', 'is', 'taken for', 'sure', 'reason'], wrong);
}

function detect({ text, kinds }: LabelledText): { label: string; confidence: number; reason: string } {
  const { kind, language, confidence, reason } = detectContent(text);
  const isCode = kinds.some((each) => each.startsWith('code/'));
  return { label: isCode && kind === 'code' ? `code/${language ?? '?'}` : kind, confidence, reason };
}

async function slowest(texts: readonly LabelledText[]): Promise<{ p50: number; megabytes: string }> {
  const { text } = texts.reduce((a, b) => (b.text.length > a.text.length ? b : a));
  const samples: number[] = [];
  for (let i = 0; i < RUNS; i++) samples.push(await timed(() => Promise.resolve(detectContent(text))));
  return { p50: quantile(samples, 0.5), megabytes: (text.length / 1e6).toFixed(2) };
}

const percent = (count: number, of: number): string => `${((100 * count) / of).toFixed(1)}%`;
