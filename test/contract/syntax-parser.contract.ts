import { expect, it } from 'vitest';
import type { CodeLanguage, SyntaxNode, SyntaxParser } from '#libs/compression';

const PYTHON = { types: ['function_definition', 'block'], lists: ['block'] };
const NOTHING = { types: [], lists: [] };
const HELLO: readonly [CodeLanguage, string][] = [
  ['python', 'def f(a: int) -> int:\n    return a\n'],
  ['javascript', 'const f = (a) => { return a; };\n'],
  ['typescript', 'const f = (a: number): number => { return a; };\n'],
  ['tsx', 'const f = (a: string) => <b>{a}</b>;\n'],
  ['go', 'package a\n\nfunc f(a int) int { return a }\n'],
  ['rust', 'fn f(a: u32) -> u32 { a }\n'],
  ['java', 'class A { int f(int a) { return a; } }\n'],
  ['c', 'int f(int a) { return a; }\n'],
  ['cpp', 'template <typename T> T f(T a) { return a; }\n'],
];

/** What every SyntaxParser does, on every adapter. */
export function syntaxParserContract(open: () => SyntaxParser): void {
  const drawn = (code: string, { type, start, end, children }: SyntaxNode): unknown => [
    type,
    code.slice(start, end),
    ...children.map((child) => drawn(code, child)),
  ];

  it.each(HELLO)('parses %s', async (language, code) => {
    const tree = await open().parse(code, language, NOTHING);
    expect(tree?.errors).toEqual([]);
    expect(tree?.root).toMatchObject({ start: 0, end: code.length, children: [] });
  });

  it('hands over the nodes that were asked for, inside of each other, and all children of lists', async () => {
    const code = 'x = "🙂"\ndef f():\n    y = 1\n    def g(): pass\n';
    const tree = await open().parse(code, 'python', PYTHON);
    expect(tree && drawn(code, tree.root)).toEqual([
      'module',
      code,
      [
        'function_definition',
        'def f():\n    y = 1\n    def g(): pass',
        [
          'block',
          'y = 1\n    def g(): pass',
          ['expression_statement', 'y = 1'],
          ['function_definition', 'def g(): pass', ['block', 'pass', ['pass_statement', 'pass']]],
        ],
      ],
    ]);
  });

  it('tells where code does not parse, and what is missing', async () => {
    const code = 'int f(int a) { return a;\nint g() { return (1; }\n';
    const tree = await open().parse(code, 'c', NOTHING);
    expect(tree?.errors.length).toBeGreaterThan(0);
    for (const { start, end } of tree?.errors ?? []) {
      expect(start).toBeLessThanOrEqual(end);
      expect(end).toBeLessThanOrEqual(code.length);
    }
  });

  it('parses one text after another, at the same time too', async () => {
    const parser = open();
    const trees = await Promise.all(HELLO.map(([language, code]) => parser.parse(code, language, NOTHING)));
    expect(trees.map((tree) => tree?.errors.length)).toEqual(HELLO.map(() => 0));
  });

  it('gives up when it is late, and parses the next text from its beginning', async () => {
    const parser = open();
    const long = 'x = [1, 2, 3]\n'.repeat(50_000);
    expect(await parser.parse(long, 'python', NOTHING, () => true)).toBeUndefined();
    expect((await parser.parse('y = 1\n', 'python', NOTHING))?.root.end).toBe(6);
  });

  it.each(['', '\0', '\ud800', '('.repeat(10_000), '}'.repeat(5000)])(
    'never rejects for broken code',
    async (code) => {
      for (const [language] of HELLO) {
        expect(await open().parse(code, language, PYTHON)).toBeDefined();
      }
    },
  );
}
