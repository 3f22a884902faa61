import type { DocstringMode } from '../../compression-config.js';
import type { CodeEdit } from './code-edits.js';
import type { CodeGrammar } from './code-grammar.js';
import { isFirstOnLine, lineStart, trimBack } from './code-lines.js';
import { PLACEHOLDER } from './placeholder-edits.js';
import type { SyntaxNode } from './syntax-parser.js';

/** Comments that compilers read. */
const DIRECTIVE = /^\/\/(?:go:|\s?\+build|\/ <reference)/;
const DOC = /^(?:\/\*\*|\/\/\/|\/\/!)/;
const STRING = /^[rRuUbBfF]{0,2}("""|'''|"|')/;

/** Where a comment stands in the run of comments right above a declaration. */
type DocPlace = 'first' | 'later' | 'elsewhere';

export function placeOfDoc(
  code: string,
  siblings: readonly SyntaxNode[],
  index: number,
  { comments }: CodeGrammar,
): DocPlace {
  let last = index;
  while (isDirectlyBefore(code, siblings[last], siblings[last + 1])) {
    last++;
    if (!comments.has(siblings[last]?.type ?? '')) {
      const before = siblings[index - 1];
      const isFirst =
        before === undefined ||
        !comments.has(before.type) ||
        !isDirectlyBefore(code, before, siblings[index]);
      return isFirst ? 'first' : 'later';
    }
  }
  return 'elsewhere';
}

function isDirectlyBefore(
  code: string,
  node: SyntaxNode | undefined,
  next: SyntaxNode | undefined,
): next is SyntaxNode {
  if (node === undefined || next === undefined) return false;
  const end = trimBack(code, node.end, node.start);
  const between = code.slice(end, Math.min(next.start, end + 200));
  return between.trim() === '' && between.split('\n', 3).length === 2;
}

/** Drops a comment, with its line where it stands alone; one that documents what follows can keep its first line. */
export function commentEdit(
  code: string,
  node: SyntaxNode,
  mode: DocstringMode,
  place: DocPlace,
): CodeEdit | undefined {
  const end = trimBack(code, node.end, node.start);
  const text = code.slice(node.start, end);
  if (DIRECTIVE.test(text) || PLACEHOLDER.test(text)) return undefined;
  if (mode === 'full' && (place !== 'elsewhere' || DOC.test(text))) return undefined;
  if (mode === 'first_line' && place === 'first') {
    if (!text.includes('\n')) return undefined;
    const first = firstDocLine(text);
    if (first !== '') return { start: node.start, end, text: `/** ${first} */` };
  }
  if (!isFirstOnLine(code, node.start)) return { start: trimBack(code, node.start, 0), end, text: '' };
  const lineEnd = code.indexOf('\n', end);
  const rest = code.slice(end, lineEnd === -1 ? code.length : lineEnd);
  if (rest.trim() !== '')
    return { start: node.start, end: end + rest.length - rest.trimStart().length, text: '' };
  const start = lineStart(code, node.start);
  if (start > 0) return { start: start - 1, end: end + rest.length, text: '' };
  return { start: 0, end: lineEnd === -1 ? end : lineEnd + 1, text: '' };
}

function firstDocLine(text: string): string {
  for (const line of text.split('\n', 20)) {
    const words = line
      .replace(/^\s*(?:\/\*[*!]?|\*(?!\/))?\s*/, '')
      .replace(/\*\/\s*$/, '')
      .trim();
    if (words !== '' && !words.startsWith('@')) return words;
  }
  return '';
}

/** What becomes of the first statement of a Python body where it is a docstring; undefined where it is none. */
export function docstringEdit(
  code: string,
  statement: SyntaxNode,
  mode: DocstringMode,
): CodeEdit | 'kept' | 'removed' | undefined {
  const text = code.slice(statement.start, statement.end);
  const [opening, quote] = STRING.exec(text) ?? [];
  if (opening === undefined || quote === undefined || !text.endsWith(quote)) return undefined;
  const inner = text.slice(opening.length, text.length - quote.length);
  if (text.length < opening.length + quote.length || inner.includes(quote)) return undefined;
  if (mode === 'remove') return 'removed';
  // What only lists parameters says nothing in its first line.
  if (mode === 'first_line' && /^\s*[:@]\w/.test(inner)) return 'removed';
  if (mode === 'full' || !inner.trim().includes('\n')) return 'kept';
  const first = inner.trim().split('\n', 1)[0]?.trimEnd() ?? '';
  const space = /["'\\]$/.test(first) ? ' ' : '';
  return { start: statement.start, end: statement.end, text: opening + first + space + quote };
}
