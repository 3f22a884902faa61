import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectLanguage } from './detect-language.js';
import type { CodeLanguage } from './syntax-parser.js';

const FILES = join('..', 'shared', 'data', 'source-files');
const LANGUAGES: readonly CodeLanguage[] = [
  'c',
  'cpp',
  'go',
  'java',
  'javascript',
  'python',
  'rust',
  'typescript',
];

describe('telling the language of source code', () => {
  it.each<[CodeLanguage, string]>([
    [
      'python',
      'import os\n\ndef main(argv):\n    if not argv:\n        return None\n    raise ValueError(argv)',
    ],
    [
      'javascript',
      "const fs = require('fs');\nmodule.exports = function load(name) {\n  return fs[name];\n};",
    ],
    ['typescript', 'export interface Point {\n  x: number;\n}\nexport const zero: Point = { x: 0 };'],
    [
      'tsx',
      'type Props = { name: string };\nexport const A = (p: Props) => (\n  <div\n>\n  <b>{p.name}</b>\n</div>);',
    ],
    ['go', 'package main\n\nfunc main() {\n\tif err := run(); err != nil {\n\t}\n}'],
    ['rust', 'use std::fmt;\n\npub fn area(side: u32) -> u32 {\n    side * side\n}'],
    ['java', 'package a.b;\n\nimport java.util.List;\n\npublic class A {\n  private int x = 1;\n}'],
    ['c', '#include <stdio.h>\n\nint main(void) {\n  printf("x");\n  return 0;\n}'],
    ['cpp', '#include <vector>\n\nnamespace a {\nstd::vector<int> b();\n}'],
  ])('finds %s', (language, code) => {
    expect(detectLanguage(code)?.language).toBe(language);
  });

  it.each([
    [
      'prose',
      'We import goods from Spain.\nThen we sell them, and the class of 1999 returns for more.\nFine.',
    ],
    ['Ruby', "require 'set'\nclass A < B\n  def x?\n    true\n  end\nend"],
    [
      'C#',
      'using System;\nusing System.Linq;\nnamespace A.B;\npublic class C { public string D { get; set; } }',
    ],
    ['PHP', '<?php\n$a = 1;\nfunction f($b) {\n  return $this->a;\n}'],
    ['shell', '#!/bin/sh\nif [ -f x ]; then\n  echo 1\nfi'],
    ['nothing', ''],
  ])('leaves %s alone', (_name, text) => {
    expect(detectLanguage(text)).toBeUndefined();
  });

  it.each<[CodeLanguage, string]>([
    ['python', '[File: /src/a.py (30 lines total)]\n(10 more lines above)\n11:x = f(1)\n12:y = x'],
    ['typescript', '<file path="src/a.ts">\nconst a = require("b");\n</file>'],
    ['rust', 'src/lib.rs\nlet a = b(c);'],
    ['cpp', '// util/coding.hpp\nint f(int x);\nstruct a *b;'],
  ])('believes a header that names a file of %s', (language, text) => {
    expect(detectLanguage(text)?.language).toBe(language);
  });

  it('looks through line numbers', () => {
    const numbered = '   1\tpackage main\n   2\t\n   3\tfunc main() {\n   4\t\tx := 1\n   5\t}';
    expect(detectLanguage(numbered)?.language).toBe('go');
  });

  it.skipIf(!existsSync(FILES))(`knows real files, whole and in part (skipped without ${FILES})`, () => {
    const files = LANGUAGES.flatMap((language) =>
      readdirSync(join(FILES, language)).map((name) => ({
        language,
        code: readFileSync(join(FILES, language, name), 'utf8'),
      })),
    );
    const share = (part: (code: string) => string): number =>
      files.filter(({ language, code }) => detectLanguage(part(code))?.language === language).length /
      files.length;
    expect(share((code) => code)).toBeGreaterThan(0.95);
    expect(share((code) => code.split('\n').slice(40, 120).join('\n'))).toBeGreaterThan(0.85);
  });

  it('answers for any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const found = detectLanguage(text);
        expect(found === undefined || (found.confidence >= 0 && found.confidence <= 1)).toBe(true);
      }),
    );
  });
});
