import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLosslessDiff, encodeLosslessDiff } from './lossless-diff.js';

const DATA = join('..', 'shared', 'data', 'diffs');
const written = (text: string): string[] => encodeLosslessDiff(text.split('\n')).split('\n').slice(1);
const readBack = (text: string): string => decodeLosslessDiff(encodeLosslessDiff(text.split('\n')));

describe('the lossless form of diffs', () => {
  it('names a file and a hunk in a row each, and keeps every line of the hunk', () => {
    const text = [
      'diff --git a/src/a.ts b/src/a.ts',
      'index 1a2b3c4..5d6e7f8 100644',
      '--- a/src/a.ts',
      '+++ b/src/a.ts',
      '@@ -5,3 +5,4 @@ function f() {',
      ' a',
      '-b',
      '+B',
      '+c',
      ' d',
      '@@ -20 +21 @@',
      '-x',
      '+y',
    ].join('\n');
    expect(written(text)).toEqual([
      ...[
        '= 1a2b3c4..5d6e7f8 src/a.ts',
        '@5 function f() {',
        ' a',
        '-b',
        '+B',
        '+c',
        ' d',
        '@20',
        '-x',
        '+y',
      ],
    ]);
    expect(readBack(text)).toBe(text);
  });

  it.each([
    [
      'a new file',
      ['new file mode 100755', 'index 0000000..abcdef0', '--- /dev/null', '+++ b/x'],
      '=new:100755 abcdef0 x',
    ],
    [
      'a deleted file',
      ['deleted file mode 100644', 'index abcdef0..0000000', '--- a/x', '+++ /dev/null'],
      '=del abcdef0 x',
    ],
  ])('folds the header of %s', (_, lines, row) => {
    const text = ['diff --git a/x b/x', ...lines].join('\n');
    expect(written(text)).toEqual([row]);
    expect(readBack(text)).toBe(text);
  });

  it('folds renames, with and without changes', () => {
    const moved = ['diff --git a/x y b/z', 'similarity index 95%', 'rename from x y', 'rename to z'];
    expect(written(moved.join('\n'))).toEqual(['=ren 95% x y\tz']);
    const changed = [...moved, 'index abcdef0..1234567 100644', '--- a/x y', '+++ b/z'].join('\n');
    expect(written(changed)).toEqual(['=ren 95% abcdef0..1234567 x y\tz']);
    expect(readBack(changed)).toBe(changed);
  });

  it('keeps what only looks like a header or a hunk', () => {
    for (const text of [
      'diff --git a/x b/y\nindex 1..2\n--- a/x\n+++ b/y\n@@ -1,9 +1,9 @@\n a',
      '@@@ -1,2 -1,2 +1,3 @@@\n  a\n++b\n- c',
      '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n-- \n2.39.2\n\n= x\n@9\n|',
      '@@ -3,0 +9,1 @@\n+a\n\n--- a/b c\n+++ b/b c\n@@ -0,0 +1 @@\n+x',
      'Index: a\n=====\n--- a\t(revision 1)\n+++ a\t(revision 2)\n@@ -1 +1 @@\r\n-a\r\n+b\r\n',
    ])
      expect(readBack(text)).toBe(text);
  });

  const word = fc.constantFrom('a', 'src/b.ts', 'x y', '1a2b..3c4d', '95%', '\t', '');
  const line = fc.oneof(
    word,
    fc
      .tuple(fc.constantFrom(' ', '+', '-', '\\', '@', '=', '|', '--- a/', '+++ b/', 'rename to '), word)
      .map((p) => p.join('')),
    fc.tuple(word, word).map(([a, b]) => `diff --git a/${a} b/${b}`),
    fc.constantFrom(
      'index 1a2b..3c4d 100644',
      'index 0000..3c4d',
      'new file mode 100644',
      'similarity index 95%',
    ),
    fc
      .tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3))
      .map(([a, b, c, d]) => `@@ -${String(a)},${String(b)} +${String(c)},${String(d)} @@ f`),
    fc.tuple(fc.nat(3), fc.nat(3)).map(([a, b]) => `@@ -${String(a)} +${String(b)} @@`),
  );

  it('gives back any lines', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 14 }), (lines) => {
        expect(readBack(lines.join('\n'))).toBe(lines.join('\n'));
      }),
      { numRuns: 5000 },
    );
  });

  it('gives back any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(readBack(text)).toBe(text);
      }),
    );
  });

  it.skipIf(!existsSync(DATA))(`gives back real diffs (skipped without ${DATA})`, () => {
    for (const name of readdirSync(DATA).filter((file) => file.endsWith('.diff'))) {
      const text = readFileSync(join(DATA, name), 'utf8');
      expect(readBack(text) === text, name).toBe(true);
      expect(encodeLosslessDiff(text.split('\n')).length, name).toBeLessThan(text.length + 100);
    }
  });
});
