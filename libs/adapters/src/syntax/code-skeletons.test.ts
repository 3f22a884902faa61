import { markerHashes, hashOriginal } from '#libs/ccr';
import {
  type CodeLanguage,
  compressMessages,
  type CompressionSettings,
  type MessageReport,
} from '#libs/compression';
import { loadTokenCounter } from '#libs/tokens';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SKELETON_SAMPLES } from './skeleton-samples.js';
import { TreeSitterParser } from './tree-sitter-parser.js';

const NOTHING = { types: [], lists: [] };
const syntax = new TreeSitterParser();
const samples = Object.entries(SKELETON_SAMPLES) as [
  CodeLanguage,
  (typeof SKELETON_SAMPLES)[CodeLanguage] & object,
][];
let counter: Awaited<ReturnType<typeof loadTokenCounter>>;

beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

interface Told {
  readonly output: string;
  readonly report: MessageReport;
}

async function skeletonOf(code: string, query = '', settings: CompressionSettings = {}): Promise<Told> {
  const config: CompressionSettings = {
    protectRecentCode: 0,
    ...settings,
    smartCrusher: { minTokensToCrush: 0 },
    code: { minTokensForCompression: 0, ...settings.code },
  };
  const messages = [
    { role: 'user' as const, content: query },
    { role: 'tool' as const, tool_call_id: 'call_1', content: code },
  ];
  const outcome = await compressMessages({ messages, config }, counter, { tools: { syntax } });
  return { output: outcome.messages[1]!.content as string, report: outcome.reports[1]! };
}

const withoutMarker = (text: string): string => text.split('\n').slice(0, -1).join('\n');

describe('the skeleton of a file', () => {
  it.each(samples)('keeps the structure of %s and parses', async (language, { code, kept, gone }) => {
    const { output, report } = await skeletonOf(code, '', { code: { languageHint: language } });
    expect(report.reason).toBe('compressed');
    for (const part of kept) expect(output).toContain(part);
    for (const part of gone) expect(output).not.toContain(part);
    expect((await syntax.parse(output, language, NOTHING))?.errors).toEqual([]);
    expect(counter.countText(output)).toBeLessThan(counter.countText(code));
    expect(markerHashes(output)).toEqual([hashOriginal(code)]);
  });

  it.each(samples)('keeps the numbers of the lines it keeps, in %s', async (language, { code, kept }) => {
    const lines = code.split('\n');
    const numbered = lines.map((line, index) => `${String(index + 1).padStart(6)}\t${line}`).join('\n');
    const { output } = await skeletonOf(numbered, '', { code: { languageHint: language } });
    for (const line of withoutMarker(output).split('\n')) {
      const [, number, text] = /^ {0,5}(\d+)\t(.*)$/.exec(line) ?? [];
      if (number === undefined || text === undefined || text.includes('"""')) continue;
      expect(
        lines[Number(number) - 1]?.startsWith(text.replace(/ ?\/\* ?\.{3}.*| (?:\.{3}|pass # .*)$/, '')),
      ).toBe(true);
    }
    for (const part of kept) expect(output).toContain(part);
    const plain = output.replace(/^ {0,5}\d+\t/gm, '');
    expect((await syntax.parse(plain, language, NOTHING))?.errors).toEqual([]);
  });

  it.each(samples)('is the same every time and stays as it is, in %s', async (language, { code }) => {
    const settings = { mode: 'lossy_inline', code: { languageHint: language } } as const;
    const first = await skeletonOf(code, '', settings);
    expect((await skeletonOf(code, '', settings)).output).toBe(first.output);
    expect((await skeletonOf(first.output, '', settings)).output).toBe(first.output);
  });
});

describe('what decides about a skeleton', () => {
  const { code } = SKELETON_SAMPLES.python!;
  const python = (settings: CompressionSettings['code'] = {}, query = ''): Promise<Told> =>
    skeletonOf(code, query, { code: { languageHint: 'python', ...settings } });

  it('keeps the body that the question names', async () => {
    const { output } = await python({}, 'What does Book.total( add up?');
    expect(output).toContain('amount += order.price * order.count');
    expect(output).not.toContain('cleaned.upper()');
  });

  it('keeps the first statements of each body where there is room', async () => {
    const body = Array.from({ length: 12 }, (_, index) => `    step_${index} = prepare(a, b, c, ${index})`);
    const { output } = await skeletonOf(`def work(a, b, c):\n${body.join('\n')}\n`, '', {
      code: { languageHint: 'python', targetCompressionRate: 0.6, maxBodyLines: 3 },
    });
    expect(withoutMarker(output)).toBe(
      `def work(a, b, c):\n${body.slice(0, 3).join('\n')}\n    # ... (9 lines compressed)`,
    );
  });

  it('writes what stands for a body as short as it can', async () => {
    const work = 'for (const item of items) log(item.name, item.size, item.owner);\n'.repeat(3);
    const code = [
      `export function small(items: Item[]) {\n${work}}`,
      `export function large(items: Item[]) {\n${work.repeat(4)}}`,
      "export const names = (items: Item[]) =>\n  items.map(({ name }) => name.trim()).join(', ');",
    ].join('\n\n');
    const { output } = await skeletonOf(code, '', { code: { languageHint: 'typescript' } });
    expect(withoutMarker(output).split('\n')).toEqual([
      'export function small(items: Item[]) {/*...*/}',
      'export function large(items: Item[]) {/* ... (12 lines compressed) */}',
      'export const names = (items: Item[]) =>',
      '  {/*...*/};',
    ]);
  });

  it.each([
    ['full', 'Long story.', true],
    ['first_line', 'Long story.', false],
    ['first_line', 'A book of orders.', true],
    ['remove', 'A book of orders.', false],
  ] as const)('docstrings %s: %s', async (docstringMode, part, isKept) => {
    expect((await python({ docstringMode })).output.includes(part)).toBe(isKept);
  });

  it.each([
    ['preserveImports', 'import os'],
    ['preserveDecorators', '@property'],
    ['preserveTypeAnnotations', '-> int'],
    ['preserveErrorHandlers', 'except OSError'],
    ['preserveSignatures', 'def total'],
  ] as const)('gives up what %s protects', async (option, part) => {
    expect((await python()).output).toContain(part);
    const { output, report } = await python({ [option]: false });
    expect(report.reason).toBe('compressed');
    expect(output).not.toContain(part);
    expect((await syntax.parse(output, 'python', NOTHING))?.errors).toEqual([]);
  });

  it.each([
    ['protected_analysis', { query: 'Please review this file' }],
    ['disabled', { settings: { code: { enabled: false } } }],
    ['protected_recent', { settings: { protectRecentCode: 4 } }],
    ['below_min_tokens', { settings: { code: { minTokensForCompression: 5000 } } }],
  ] as const)(
    'leaves code alone: %s',
    async (reason, given: { query?: string; settings?: CompressionSettings }) => {
      const { output, report } = await skeletonOf(code, given.query, given.settings);
      expect(report.reason).toBe(reason);
      expect(output).toBe(code);
    },
  );
});

describe('views of a file', () => {
  const { code } = SKELETON_SAMPLES.typescript!;

  it('keeps what a tool wrote around the code', async () => {
    const shown = `[File: src/runner.ts (43 lines total)]\n(0 more lines above)\n${code.trimEnd()}\n(0 more lines below)`;
    const { output } = await skeletonOf(shown);
    expect(output).toMatch(/^\[File: src\/runner\.ts \(43 lines total\)\]\n\(0 more lines above\)\nimport /);
    expect(output).toMatch(/\(0 more lines below\)\n\/\/ \[\d+ lines compressed to \d+\. .*\]$/);
  });

  it('cuts a part that begins inside of one method and ends inside of another', async () => {
    const part = code.split('\n').slice(20, 34).join('\n');
    const { output } = await skeletonOf(part, '', { code: { languageHint: 'typescript' } });
    expect(output).toContain('async run(signal?: AbortSignal): Promise<Result<C>> {');
    expect(output).not.toContain('item.start');
  });
});

describe('code that is none', () => {
  it.each([
    ['one long line', `var a=${'f(1);'.repeat(20_000)}`],
    ['deep nesting', `x = ${'('.repeat(10_000)}1${')'.repeat(10_000)}\n`],
    ['deep blocks', `function f() ${'{ if (a) '.repeat(3000)};${'}'.repeat(3000)}\n`],
    ['broken halves of characters', `def f():\n    return "\ud800 ${'a b c '.repeat(40)}\udc00"\n`.repeat(3)],
    ['zero bytes', `int main() {\n  return 0;\0\n}\n${'// a b c d e\n'.repeat(40)}`],
  ])('survives %s', async (_name, text) => {
    for (const languageHint of ['python', 'javascript', 'cpp']) {
      const { output } = await skeletonOf(text, '', { code: { languageHint } });
      expect(output.length).toBeLessThanOrEqual(text.length);
    }
  });

  it('never makes any text longer, and never fails', async () => {
    const piece = fc.constantFrom(
      'def f(a):',
      '{',
      '}',
      '    return 1',
      'class A {',
      '"""',
      '/*',
      '*/',
      '# b',
      ');',
      "'",
      '\\',
      '\t',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 12 })), {
          minLength: 60,
          maxLength: 90,
        }),
        fc.constantFrom('python', 'typescript', 'rust', 'c'),
        async (lines, languageHint) => {
          const text = lines.join('\n');
          const { output, report } = await skeletonOf(text, '', { code: { languageHint } });
          expect(report.reason).not.toBe('failed');
          expect(counter.countText(output)).toBeLessThanOrEqual(counter.countText(text));
        },
      ),
      { numRuns: 60 },
    );
  });
});
