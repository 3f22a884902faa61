import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../samples.js';
import { ms, printTable } from '../table.js';
import { compressText, percentSaved, timing } from './measure.js';

const DATA = join('..', 'shared', 'data');
const SHARE = 0.4;
/** Questions per set; every nth is asked. */
const QUESTIONS = 150;
const SESSIONS_AROUND = 20;
const HEADER = [
  '',
  'questions',
  'tokens',
  'saved',
  'evidence kept',
  'cut off',
  'random',
  'ms p50',
  'p95',
  'MB/s',
];

interface Question {
  readonly text: string;
  readonly query: string;
  /** What answers the question, as it stands in the text. */
  readonly evidence: readonly string[];
}

interface LocomoTurn {
  readonly conversation: string;
  readonly session: number;
  readonly date_time: string;
  readonly dia_id: string;
  readonly speaker: string;
  readonly text: string;
}

interface LocomoQuestion {
  readonly conversation: string;
  readonly question: string;
  readonly evidence: readonly string[];
}

interface Session {
  readonly session: string;
  readonly date_time: string;
  readonly turns: readonly { readonly role: string; readonly content: string }[];
}

/**
 * Prose with a question: is what answers it still there when two fifths are kept? Beside it what cutting the text off
 * and taking two fifths of the turns at random would keep.
 */
export async function benchmarkText(): Promise<void> {
  if (!existsSync(DATA)) {
    console.log(`\nProse: skipped, there is no ${DATA}`);
    return;
  }
  const rows = [
    await measure('LoCoMo, one session', locomo(false)),
    await measure('LoCoMo, the whole conversation', locomo(true)),
    await measure('LongMemEval evidence among 20 sessions', longMemEval()),
    ['target', '', '', '60-80%'],
  ];
  printTable(`Prose with a question, ${DATA}`, HEADER, rows);
}

async function measure(name: string, all: readonly Question[]): Promise<string[]> {
  const step = Math.max(1, Math.floor(all.length / QUESTIONS));
  const questions = all.filter((_, index) => index % step === 0);
  const sums = { in: 0, out: 0, kept: 0, cut: 0, random: 0, of: 0 };
  const random = seededRandom(7);
  for (const { text, query, evidence } of questions) {
    const measured = await compressText(text, query, { text: { targetRatio: SHARE } });
    const start = text.slice(0, text.length * SHARE);
    sums.in += measured.tokensIn;
    sums.out += measured.tokensOut;
    for (const each of evidence) {
      sums.of++;
      if (measured.output.includes(each)) sums.kept++;
      if (start.includes(each)) sums.cut++;
      if (random() < SHARE) sums.random++;
    }
  }
  const longest = questions.reduce((a, b) => (b.text.length > a.text.length ? b : a));
  const time = await timing(() => compressText(longest.text, longest.query), 9, 3);
  const share = (count: number): string => `${((100 * count) / sums.of).toFixed(1)}%`;
  return [
    name,
    String(questions.length),
    String(sums.in),
    percentSaved(sums.in, sums.out),
    share(sums.kept),
    share(sums.cut),
    share(sums.random),
    ms(time.p50),
    ms(time.p95),
    (Buffer.byteLength(longest.text) / 1000 / time.p50).toFixed(1),
  ];
}

function locomo(isWhole: boolean): Question[] {
  const turns = readLines<LocomoTurn>('locomo', 'turns.jsonl');
  const of = groupBy(turns, ({ conversation }) => conversation);
  return readLines<LocomoQuestion>('locomo', 'questions.jsonl').flatMap(
    ({ conversation, question, evidence }) => {
      const all = of.get(conversation) ?? [];
      const found = all.filter(({ dia_id }) => evidence.includes(dia_id));
      const first = found[0];
      if (first === undefined) return [];
      const read = isWhole ? all : all.filter(({ session }) => session === first.session);
      const answers = found.filter(({ session }) => isWhole || session === first.session);
      return [{ text: transcript(read), query: question, evidence: answers.map(({ text }) => text.trim()) }];
    },
  );
}

function transcript(turns: readonly LocomoTurn[]): string {
  const sessions = groupBy(turns, ({ session }) => session);
  return [...sessions.values()]
    .map((said) => {
      const lines = said.map(({ speaker, text }) => `${speaker}: ${text}`);
      return `Conversation of ${said[0]?.date_time ?? ''}:\n\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

function longMemEval(): Question[] {
  const sessions = readLines<Session>('longmemeval-evidence', 'sessions.jsonl');
  const questions = readLines<{ question: string; evidence_sessions: string[] }>(
    'longmemeval-evidence',
    'questions.jsonl',
  );
  return questions.flatMap(({ question, evidence_sessions }, index) => {
    if (evidence_sessions.length === 0) return [];
    const others = Array.from(
      { length: SESSIONS_AROUND },
      (_, i) => sessions[(index * 37 + i * 11) % sessions.length],
    );
    const evidence = sessions.filter(({ session }) => evidence_sessions.includes(session));
    const read = [...new Set([...others, ...evidence])].filter((each) => each !== undefined);
    read.sort((a, b) => (a.session < b.session ? -1 : 1));
    const text = read
      .map(({ date_time, turns }) => {
        const said = turns.map(({ role, content }) => `${role}: ${content}`);
        return `Session of ${date_time}:\n\n${said.join('\n\n')}\n`;
      })
      .join('\n');
    const turns = evidence.flatMap(({ turns: said }) => said.map(({ content }) => content.trim()));
    return [{ text, query: question, evidence: turns }];
  });
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function readLines<T>(...path: string[]): T[] {
  const file = join(DATA, ...path);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}
