import fc from 'fast-check';

/** What agents read, drawn at random: every kind that the router knows, whole, broken off and mixed. */
export function arbitraryContent(): fc.Arbitrary<string> {
  const whole = fc.oneof(
    jsonRows,
    jsonLines,
    csv,
    log,
    buildLog,
    searchHits,
    diff,
    html,
    code,
    markdown,
    prose,
  );
  return fc.oneof(
    { weight: 8, arbitrary: whole },
    { weight: 2, arbitrary: brokenOff(whole) },
    { weight: 2, arbitrary: mixed(whole) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 2000 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 2000 }) },
  );
}

const WORDS =
  'alpha beta gamma delta storage order payment cache index worker user session token queue error failed timeout retry the of and in with for'.split(
    ' ',
  );
const word = fc.constantFrom(...WORDS);
const sentence = fc
  .array(word, { minLength: 4, maxLength: 18 })
  .map((words) => `${words.join(' ').replace(/^./, (first) => first.toUpperCase())}.`);
const line = fc.oneof(
  sentence,
  fc.string({ maxLength: 60 }).map((text) => text.replace(/[\r\n]/g, ' ')),
);
const lines = (of: fc.Arbitrary<string>, minLength: number, maxLength: number) =>
  fc.array(of, { minLength, maxLength }).map((all) => all.join('\n'));

const scalar = fc.oneof(
  word,
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  line,
);
const row = fc.record({
  id: fc.nat(9999),
  status: fc.constantFrom('ok', 'ok', 'ok', 'failed', 'error'),
  name: word,
  value: scalar,
  nested: fc.record({ a: scalar, b: fc.array(fc.nat(9), { maxLength: 3 }) }),
});
const jsonRows = fc
  .tuple(fc.array(row, { minLength: 3, maxLength: 80 }), fc.boolean(), fc.boolean())
  .map(([rows, isWrapped, isPretty]) =>
    JSON.stringify(isWrapped ? { results: rows, total: rows.length } : rows, null, isPretty ? 2 : 0),
  );
const jsonLines = fc
  .array(row, { minLength: 3, maxLength: 60 })
  .map((rows) => rows.map((each) => JSON.stringify(each)).join('\n'));
const csvRow = fc.tuple(fc.nat(999), word, fc.constantFrom('"a, b"', 'plain', '""', '"say ""hi"""'));
const csv = fc
  .array(csvRow, { minLength: 5, maxLength: 80 })
  .map((rows) => ['id,name,note', ...rows.map((cells) => cells.join(','))].join('\n'));

const logLine = fc
  .tuple(fc.nat(59), fc.constantFrom('INFO', 'WARN', 'ERROR', 'DEBUG'), word, fc.nat(9999), line)
  .map(
    ([second, level, name, number, rest]) =>
      `2026-03-01 10:00:${String(second).padStart(2, '0')} ${level} [${name}-${number % 5}] request ${number} took ${number % 90} ms ${rest}`,
  );
const log = lines(logLine, 20, 150);
const buildLog = fc
  .tuple(
    lines(fc.constantFrom('PASS src/a.test.ts', '  ✓ adds (2 ms)', 'npm WARN deprecated x@1.0.0'), 10, 80),
    word,
  )
  .map(
    ([passed, name]) =>
      `> test\n${passed}\nFAIL src/${name}.test.ts\n  ● fails\n    Error: expected 1\n      at x (src/${name}.ts:3:1)\nTests: 1 failed, 9 passed`,
  );
const path = fc.tuple(word, word).map(([folder, file]) => `src/${folder}/${file}.ts`);
const searchHits = lines(
  fc.tuple(path, fc.nat(900), line).map(([at, number, text]) => `${at}:${number}:${text}`),
  5,
  120,
);
const diffLine = fc.tuple(fc.constantFrom(' ', ' ', ' ', '+', '-'), line).map(([sign, text]) => sign + text);
const diff = fc
  .array(fc.tuple(path, fc.array(diffLine, { minLength: 3, maxLength: 30 })), { minLength: 1, maxLength: 6 })
  .map((files) => files.map(([at, body]) => diffOf(at, body)).join('\n'));
const html = fc
  .array(sentence, { minLength: 3, maxLength: 30 })
  .map(
    (paragraphs) =>
      `<!doctype html><html><head><title>T</title><style>p{color:red}</style></head><body><nav><a href="/">Home</a></nav><article><h1>Title</h1>${paragraphs.map((text) => `<p>${text}</p>`).join('')}</article></body></html>`,
  );
const code = fc
  .array(fc.tuple(word, fc.array(word, { minLength: 2, maxLength: 12 })), { minLength: 2, maxLength: 15 })
  .map((functions) =>
    [
      "import { x } from './x.js';",
      ...functions.map(
        ([name, calls]) =>
          `export function ${name}(input: string): number {\n${calls.map((call) => `  x.${call}(input);`).join('\n')}\n  return 1;\n}`,
      ),
    ].join('\n\n'),
  );
const markdown = fc
  .array(fc.tuple(word, fc.array(sentence, { minLength: 1, maxLength: 6 })), { minLength: 2, maxLength: 12 })
  .map((sections) => sections.map(([title, body]) => `## ${title}\n\n${body.join(' ')}\n`).join('\n'));
const prose = fc
  .array(fc.array(sentence, { minLength: 2, maxLength: 8 }), { minLength: 2, maxLength: 20 })
  .map((paragraphs) => paragraphs.map((sentences) => sentences.join(' ')).join('\n\n'));

function diffOf(at: string, body: readonly string[]): string {
  const count = (signs: string) => body.filter((each) => signs.includes(each.charAt(0))).length;
  return `diff --git a/${at} b/${at}\n--- a/${at}\n+++ b/${at}\n@@ -1,${count(' -')} +1,${count(' +')} @@\n${body.join('\n')}`;
}

function brokenOff(whole: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(whole, fc.double({ min: 0.2, max: 1, noNaN: true })).map(([text, share]) => {
    return text.slice(0, Math.floor(text.length * share));
  });
}

function mixed(whole: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(sentence, whole, sentence, whole)
    .map(
      ([before, first, between, second]) => `${before}\n\n\`\`\`\n${first}\n\`\`\`\n${between}\n${second}\n`,
    );
}
