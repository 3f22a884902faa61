import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A text whose kind is known; several kinds where more than one is right. */
export interface LabelledText {
  readonly name: string;
  readonly text: string;
  readonly kinds: readonly string[];
}

export interface LabelledSet {
  readonly name: string;
  readonly texts: readonly LabelledText[];
}

const DATA = join('..', 'shared', 'data');
/** Source files are told by kind and language, `code/go`. */
const LANGUAGES = ['c', 'cpp', 'go', 'java', 'javascript', 'python', 'rust', 'typescript'];

export function labelledSets(): LabelledSet[] {
  if (!existsSync(DATA)) return [made()];
  const systems = readdirSync(join(DATA, 'loghub')).filter((name) =>
    existsSync(join(DATA, 'loghub', name, `${name}_2k.log`)),
  );
  return [
    folder('json-responses', ['json']),
    { name: 'loghub', texts: systems.flatMap((name) => folder(join('loghub', name), ['log'], '.log').texts) },
    {
      name: 'loghub tables',
      texts: systems.flatMap((name) => folder(join('loghub', name), ['csv'], '.csv').texts),
    },
    folder('build-logs', ['build_log']),
    folder('search-outputs', ['search']),
    folder('diffs', ['diff']),
    folder(join('article-extraction', 'html'), ['html']),
    ...LANGUAGES.map((language) => folder(join('source-files', language), [`code/${language}`])),
    {
      name: 'notes on the data',
      texts: readdirSync(DATA).map((name) => read(join(name, 'SOURCE.md'), ['markdown', 'text'])),
    },
    made(),
  ];
}

function folder(path: string, kinds: readonly string[], ending = ''): LabelledSet {
  const names = readdirSync(join(DATA, path)).filter((name) => name.endsWith(ending) && name !== 'SOURCE.md');
  return { name: path, texts: names.map((name) => read(join(path, name), kinds)) };
}

function read(path: string, kinds: readonly string[]): LabelledText {
  const bytes = readFileSync(join(DATA, path));
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return { name: path, text, kinds };
}

const WORDS =
  'the river ran past quiet houses while people inside were talking about rain and bread and money'.split(
    ' ',
  );

/** Kinds that the data sets do not hold, made here. */
function made(): LabelledSet {
  const texts: LabelledText[] = [];
  const add = (kind: string, text: string): void => {
    texts.push({ name: `${kind} ${String(texts.length)}`, text, kinds: [kind] });
  };
  for (let size = 6; size <= 96; size *= 2) {
    const numbers = Array.from({ length: size }, (_, i) => i);
    const sentence = (i: number): string =>
      `${capital(WORDS.map((_, k) => WORDS[(i * 7 + k * 3) % WORDS.length] ?? '').join(' '))}.`;
    const prose = numbers.map((i) => `${sentence(i)} ${sentence(i + 1)}`).join('\n\n');
    const records = numbers.map((i) => ({
      id: i,
      name: `n${String(i)}`,
      tags: ['a', 'b'],
      at: `2024-05-0${String((i % 9) + 1)}`,
    }));
    const log = numbers
      .map((i) => `2024-05-01T10:00:${String(i % 60).padStart(2, '0')}Z INFO worker took job ${String(i)}`)
      .join('\n');
    const rows = (delimiter: string): string =>
      [
        'id,name,since,amount',
        ...numbers.map((i) => `${String(i)},Person ${String(i)},2024-01-02,${String(i * 3)}.50`),
      ]
        .join('\n')
        .replaceAll(',', delimiter);
    add('jsonl', records.map((record) => JSON.stringify(record)).join('\n'));
    for (const delimiter of [',', '\t', ';', '|']) add('csv', rows(delimiter));
    add('text', prose);
    add(
      'markdown',
      numbers
        .map((i) => `## Part ${String(i)}\n\n${sentence(i)}\n\n- ${sentence(i + 2)}\n- ${sentence(i + 3)}\n`)
        .join('\n'),
    );
    add('mixed', `${sentence(1)}\n\n\`\`\`json\n${JSON.stringify(records, null, 2)}\n\`\`\`\n`);
    add('mixed', `Result: ${JSON.stringify(records)}`);
    add('mixed', `HTTP/1.1 200 OK\nContent-Type: application/json\n\n${JSON.stringify(records)}`);
    add('mixed', `${prose}\n\nOutput:\n${log}`);
  }
  return { name: 'made here', texts };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
