import type { CodeLanguage } from './syntax-parser.js';

const LANGUAGES: Readonly<Record<string, CodeLanguage>> = {
  py: 'python',
  pyi: 'python',
  python: 'python',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascript',
  javascript: 'javascript',
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  typescript: 'typescript',
  tsx: 'tsx',
  go: 'go',
  golang: 'go',
  rs: 'rust',
  rust: 'rust',
  java: 'java',
  c: 'c',
  h: 'c',
  cc: 'cpp',
  cpp: 'cpp',
  cxx: 'cpp',
  'c++': 'cpp',
  hpp: 'cpp',
  hh: 'cpp',
  hxx: 'cpp',
};

const HINT_LINES = 24;
const LINE_CHARACTERS = 400;

/** `[File: a/b.py (300 lines total)]`, `<file path="a/b.ts">`, `==> a/b.go <==`, `File: a/b.c`, `# a/b.py`, three backticks and a name. */
const HEADERS: readonly RegExp[] = [
  /^\[(?:File|Open file|Reading|Path): ?([^\s\]]{1,300})/i,
  /^<(?:file|document|content|source)\b[^>]{0,200}?\b(?:path|name|filename|src)="([^"]{1,300})"/i,
  /^<(?:path|file|filename|source)>([^<\s]{1,300})</i,
  /^==> ([^\s]{1,300}) <==$/,
  /^(?:File|Path|Filename|Reading|Contents? of)(?: name| path)?:? [`'"]?([^\s`'"]{1,300})/i,
  /^(?:#|\/\/|\/\*|--)?\s?`{0,3}((?:[\w.@~-]{0,100}[/\\]){0,30}[\w.@-]{1,100}\.[A-Za-z+]{1,5})`{0,3}:?(?: \*\/)?$/,
  /^`{3,4}([A-Za-z+]{1,12})\b/,
  /^Here's the result of running `cat -n` on ([^\s:]{1,300})/,
];

/** The file name or language that a header line above the code tells. */
export function pathHint(text: string): string | undefined {
  let from = 0;
  for (let count = 0; count < HINT_LINES && from < text.length; count++) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, Math.min(end === -1 ? text.length : end, from + LINE_CHARACTERS)).trim();
    for (const header of HEADERS) {
      const name = header.exec(line)?.[1];
      if (name !== undefined && languageOfPath(name) !== undefined) return name;
    }
    if (end === -1) return undefined;
    from = end + 1;
  }
  return undefined;
}

/** `src/a.test.ts` → `typescript`; a bare name such as `golang` counts too. */
export function languageOfPath(path: string | undefined): CodeLanguage | undefined {
  if (path === undefined) return undefined;
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(LANGUAGES, ending) ? LANGUAGES[ending] : undefined;
}
