import { describe, expect, it } from 'vitest';
import { windowFrames } from './window-frames.js';

const heads = (code: string, language: Parameters<typeof windowFrames>[1]): string[] =>
  windowFrames(code, language).map(({ head, tail }) => `${head}|${tail}`);

describe('what could stand around a part of a file', () => {
  it('opens what the part closes, and closes what it opens', () => {
    expect(heads('  return 1;\n}\nint g() {\n  f("}");', 'c')).toEqual([
      'void _() {\n|\n}',
      'void _() { {\n|\n}}',
      'struct _ {\n|\n}',
      'struct _ { {\n|\n}}',
    ]);
  });

  it('puts methods into a class', () => {
    expect(heads('a() {}\nb() {}', 'typescript')).toEqual(['class _ {\n|\n}']);
  });

  it('leaves a file that is whole alone', () => {
    expect(heads("fn f<'a>() { '}' }", 'rust')).toEqual([]);
    expect(heads('def f():\n    return 1\n', 'python')).toEqual([]);
  });

  it('gives indented lines the heads they hang under', () => {
    const code = '        return 1\n\n    def g(self):\n        return 2\n\nx = 1';
    expect(heads(code, 'python')).toEqual(['class _:\n    def _():\n|']);
    expect(heads('    x = 1', 'python')).toEqual(['def _():\n|']);
  });

  it('opens or closes a docstring', () => {
    expect(heads('    more words\n    """\n    x = 1', 'python')).toEqual([
      'def _():\n|',
      'def _():\n    """|',
      'def _():\n|"""',
    ]);
  });
});
