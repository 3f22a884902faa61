import fc from 'fast-check';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detectContent, detectWhole, type ContentKind } from './detect-content.js';
import { splitParts } from './split-parts.js';

const DATA = join('..', 'shared', 'data');

function kindsIn(folder: string, ending: string): ContentKind[] {
  const path = join(DATA, folder);
  return readdirSync(path)
    .filter((name) => name.endsWith(ending) && name !== 'SOURCE.md')
    .map((name) => detectContent(readFileSync(join(path, name), 'utf8')).kind);
}

function shareOf(kind: ContentKind, kinds: readonly ContentKind[]): number {
  return kinds.filter((each) => each === kind).length / kinds.length;
}

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');
const CODE = `import { readFile } from 'node:fs/promises';

/** Reads settings. */
export async function readSettings(path: string): Promise<Settings> {
  const text = await readFile(path, 'utf8');
  return JSON.parse(text) as Settings;
}`;
const PROSE =
  'The garden lay quiet under the first snow of the year, and nobody had swept the path.\n\n' +
  'When the visitors came, they left their shoes beside the door and spoke in low voices.\n\n' +
  'Only in the evening did somebody light the lamps and put the kettle on the stove.';
const LOG = lines(8, (i) => `2024-05-01 10:00:0${i} INFO worker-${i} took job ${i * 7}`);

describe('telling kinds of content apart', () => {
  it.each<[ContentKind, string, string]>([
    ['json', 'an array', ' [1, 2]'],
    ['json', 'an object', '{}'],
    ['text', 'a document that is cut off', '{"rows": [{"id": 1, "name": "Ada"}, {"id": 2, "na'],
    ['text', 'a string', '"a string"'],
    ['text', 'nothing', ''],
    ['jsonl', 'a document on each line', lines(4, (i) => `{"id": ${i}, "tags": ["a"]}`)],
    ['csv', 'fields between commas', `id,name,city\n${lines(5, (i) => `${i},"Lee, Ada",Oslo`)}`],
    ['csv', 'fields between tabs', `id\tname\n${lines(5, (i) => `${i}\tAda`)}`],
    ['csv', 'fields between semicolons', `id;price\n${lines(5, (i) => `${i};${i},50`)}`],
    ['csv', 'fields between bars', `id|name|since\n${lines(5, (i) => `${i}|Ada|2024-01-0${i + 1}`)}`],
    ['html', 'a page', '<!DOCTYPE html><p>'],
    ['html', 'a piece of a page', '<div class="a"><p>One</p><ul><li>Two</li><li>Three</li></ul></div>'],
    ['text', 'XML', '<?xml version="1.0"?>\n<plist><dict><key>a</key><string>b</string></dict></plist>'],
    ['diff', 'a diff', 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b'],
    [
      'diff',
      'a commit with its diff',
      'commit 0123456789\nAuthor: Ada\n\n    Say b\n\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b',
    ],
    ['search', 'hits with line numbers', 'src/a.ts:12:const a\nsrc/a.ts:13:const b\nsrc/b.ts:1:let'],
    ['search', 'hits without line numbers', 'src/a.ts:const a\nsrc/a.ts:const b\nlib/b.ts:let c'],
    [
      'search',
      'hits with lines around them',
      'src/a.ts-11-// A\nsrc/a.ts:12:const a\n--\nsrc/b.ts-8-\nsrc/b.ts:9:let a',
    ],
    ['search', 'hits below their path', 'src/a.ts\n12:const a\n19:const b\n\nsrc/b.ts\n1:let c\n40:let d'],
    ['search', 'hits of one file', '12:const a\n19:const b\n33:let c'],
    ['log', 'lines with times', LOG],
    ['log', 'a stack trace', `TypeError: no\n${lines(6, (i) => `    at run (/app/src/a${i}.js:${i}:3)`)}`],
    [
      'build_log',
      'pytest',
      '===== test session starts =====\ntests/a.py::one PASSED\ntests/a.py::two FAILED',
    ],
    [
      'build_log',
      'jest',
      'PASS src/a.test.ts\n  ✓ adds (2 ms)\n  ✕ takes away (1 ms)\n\nTests: 1 failed, 1 passed, 2 total',
    ],
    [
      'build_log',
      'cargo',
      '   Compiling a v0.1.0\nwarning: unused variable\n  --> src/a.rs:3:9\n   |\n3  | let x = 1;\n   | ^',
    ],
    [
      'build_log',
      'go',
      '=== RUN   TestA\n--- PASS: TestA (0.00s)\n=== RUN   TestB\n--- FAIL: TestB (0.00s)\nFAIL',
    ],
    ['build_log', 'gcc', 'src/a.c:12:3: warning: unused\nsrc/a.c:13:3: error: no\nmake: *** [all] Error 1'],
    [
      'build_log',
      'tsc',
      "src/a.ts(1,2): error TS2304: Cannot find name 'x'.\nsrc/b.ts(3,4): error TS2345: No.\n\nFound 2 errors.",
    ],
    [
      'build_log',
      'Maven',
      '[INFO] Scanning for projects...\n[INFO] Building a 1.0\n[ERROR] COMPILATION ERROR :\n[INFO] BUILD FAILURE',
    ],
    [
      'build_log',
      'Docker',
      'Step 1/3 : FROM node\n ---> 0a1b2c3d\nStep 2/3 : RUN npm ci\n ---> Running in 4e5f\nadded 12 packages in 3s',
    ],
    [
      'build_log',
      'a linter',
      './a.py:4:1: F401 unused import\n./a.py:9:80: E501 line too long\n./b.py:1:1: W291 trailing space',
    ],
    [
      'build_log',
      'numbered steps with what they fetch',
      lines(30, (i) => `#${i} ${i % 2 === 0 ? 'Extracting' : 'Resolving'} left-pad@1.${i}.0 (${i}fa3c)`),
    ],
    [
      'build_log',
      'a bar of progress that overwrites itself',
      Array.from({ length: 40 }, (_, i) => `\r ${i}%|${'='.repeat(i)}>${' '.repeat(40 - i)}| ${i}/40`).join(
        '',
      ),
    ],
    ['log', 'a stack of PHP', lines(9, (i) => `#${i} /var/www/app/Shop.php(${i + 3}): Shop->open(Array)`)],
    ['log', 'a stack of Dart', lines(9, (i) => `#${i}      _rootRun (dart:async/zone.dart:${i}:13)`)],
    ['log', 'a stack of a debugger', lines(9, (i) => `#${i}  main (argc=1) at src/main.c:${i}`)],
    ['code', 'source code', CODE],
    ['code', 'lines that end in carriage returns', CODE.replaceAll('\n', '\r')],
    [
      'code',
      'numbered source code',
      CODE.split('\n')
        .map((line, i) => `${String(i + 1).padStart(6)}\t${line}`)
        .join('\n'),
    ],
    ['code', 'code with a diff in its comment', `/*\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n*/\n${CODE}`],
    [
      'code',
      'code with an example in its comment',
      `/**\n * \`\`\`json\n * {"a": 1}\n * \`\`\`\n */\n${CODE}`,
    ],
    [
      'code',
      'a minified script',
      `!function(e){var t={};function n(r){if(t[r])return t[r].exports;${'var a=t[r]={i:r,l:!1,exports:{}};'.repeat(30)}}}([])`,
    ],
    [
      'code',
      'settings',
      'name: build\non:\n  push:\n    branches: [main]\njobs:\n  test:\n    runs-on: ubuntu-latest',
    ],
    [
      'markdown',
      'a document',
      '# Title\n\nSome words on what this is about.\n\n## Use\n\n- one way to use it\n- another way to use it\n\nSee [more](https://example.com).',
    ],
    [
      'markdown',
      'a document with examples',
      `# Title\n\nSome words on what this is about.\n\n## Use\n\n\`\`\`ts\n${CODE}\n\`\`\`\n\nThen there is more to say about it, in a sentence.`,
    ],
    ['text', 'prose', PROSE],
    [
      'text',
      'prose that quotes a traceback',
      `${PROSE}\n\nTraceback (most recent call last):\n  File "a.py", line 1\n\n${PROSE}`,
    ],
    [
      'text',
      'base64',
      lines(10, () => 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5'),
    ],
    [
      'log',
      'a log that quotes JSON',
      lines(9, (i) => `2024-05-01T10:00:0${i}Z INFO got {"id": ${i}, "ok": true}`),
    ],
    ['mixed', 'prose above a fenced log', `It failed with this:\n\n\`\`\`\n${LOG}\n\`\`\`\nWhat now?`],
    [
      'mixed',
      'a document after its name',
      `Result: {"items": [${lines(9, (i) => `{"id": ${i}}`).replaceAll('\n', ',')}]}`,
    ],
    [
      'mixed',
      'an HTTP answer',
      `HTTP/1.1 200 OK\nContent-Type: application/json\n\n{"items": [${lines(9, (i) => `{"id": ${i}, "name": "n"}`).replaceAll('\n', ',')}]}`,
    ],
    ['mixed', 'a log under a label', `${PROSE}\n\nOutput:\n${LOG}`],
  ])('finds %s in %s', (kind, _what, text) => {
    expect(detectContent(text)).toMatchObject({ kind });
  });

  it('knows TypeScript by the types that it imports', () => {
    const imports = "import {\n  type Directive,\n  findProp,\n} from './compiler.js'\n";
    const body =
      "export function transform(dir) {\n  const value = findProp(dir, 'bind')\n  return value\n}\n";
    expect(detectContent(imports + body).language).toBe('typescript');
  });

  it('names the language of source code', () => {
    expect(detectContent(CODE)).toMatchObject({ kind: 'code', language: 'typescript' });
  });

  it('says what it went by, and how sure it is', () => {
    expect(detectContent(LOG)).toMatchObject({
      confidence: 1,
      reason: '100 % of lines have a time or level',
    });
    expect(detectContent('Three plain words').confidence).toBeLessThan(0.5);
  });

  it('finds one kind for the whole where it is asked to', () => {
    expect(detectWhole(`Result: [${'{"id": 1},'.repeat(20)}{}]`).kind).not.toBe('mixed');
  });

  it.skipIf(!existsSync(DATA))(`knows real outputs (skipped without ${DATA})`, () => {
    expect(shareOf('json', kindsIn('json-responses', '.json'))).toBe(1);
    expect(shareOf('diff', kindsIn('diffs', '.diff'))).toBe(1);
    expect(shareOf('search', kindsIn('search-outputs', '.txt'))).toBe(1);
    expect(shareOf('build_log', kindsIn('build-logs', ''))).toBeGreaterThan(0.9);
    for (const name of ['Android', 'BGL', 'HPC', 'HealthApp', 'Mac', 'OpenStack', 'Spark', 'Windows']) {
      expect(shareOf('log', kindsIn(join('loghub', name), '.log')), name).toBe(1);
    }
  });
});

describe('any text', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '```\n',
      '{"a": [',
      ']}',
      '\n',
      'Output:\n',
      '<html>',
      '</html>',
      '--- a\n+++ b\n@@ -1 +1 @@\n',
      'HTTP/1.1 200 OK\n',
    ),
    fc.constantFrom(
      'a.ts:1:x\n',
      '2024-01-01 10:00:00 INFO x\n',
      '12: x\n',
      '| a | b |\n',
      'a,b,c\n',
      '\u001b[8m',
      '\ud800',
      '\0',
      '\r',
    ),
  );
  const anyText = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

  it('is of some kind, the same each time', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const found = detectContent(text);
        expect(found.confidence).toBeGreaterThanOrEqual(0);
        expect(found.confidence).toBeLessThanOrEqual(1);
        expect(found.reason).not.toBe('');
        expect(detectContent(text)).toEqual(found);
      }),
    );
  });

  it('is its parts joined', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(
          splitParts(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  it.each([
    ['one character', 'x'.repeat(1_000_000)],
    ['open brackets', '['.repeat(300_000)],
    ['open documents', 'a: {"a":\n'.repeat(30_000)],
    ['open fences', '```\n~~~\n````\n'.repeat(30_001)],
    ['open pages', '<html>\n'.repeat(100_000)],
    ['colons', 'a:'.repeat(300_000)],
    ['quotes', '"\n'.repeat(300_000)],
    ['tags', '<a '.repeat(300_000)],
  ])('takes a megabyte of %s', (_name, text) => {
    expect(
      splitParts(text)
        .map((part) => part.text)
        .join('') === text,
    ).toBe(true);
    expect(detectContent(text).reason).not.toBe('');
  });
});
