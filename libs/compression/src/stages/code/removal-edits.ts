import type { CodeEdit } from './code-edits.js';
import type { CodeGrammar } from './code-grammar.js';
import { isFirstOnLine, lineStart, trimBack } from './code-lines.js';
import type { SyntaxNode } from './syntax-parser.js';

/** Takes an import, a decorator or an annotation out, with its line where it stands alone. */
export function removalEdit(
  code: string,
  { annotations, isIndented }: CodeGrammar,
  { type, start, end }: SyntaxNode,
): CodeEdit | undefined {
  const isAnnotation = annotations.has(type);
  if (isAnnotation && isIndented) {
    const sign = trimBack(code, start, 0);
    const width = code.endsWith('->', sign) ? 2 : 1;
    if (width === 1 && code[sign - 1] !== ':') return undefined;
    return { start: trimBack(code, sign - width, 0), end, text: '' };
  }
  if (isAnnotation) return { start, end, text: '' };
  const last = code[end] === ';' ? end + 1 : end;
  if (!isFirstOnLine(code, start)) return { start, end: last, text: '' };
  const line = lineStart(code, start);
  return {
    start: Math.max(0, line - 1),
    end: line === 0 && code[last] === '\n' ? last + 1 : last,
    text: '',
  };
}

/** The blank lines between the members of a list. */
export function blankLineEdits(code: string, children: readonly SyntaxNode[]): CodeEdit[] {
  const edits: CodeEdit[] = [];
  for (const [index, child] of children.entries()) {
    const before = children[index - 1];
    if (before === undefined || !isFirstOnLine(code, child.start)) continue;
    const end = lineStart(code, child.start) - 1;
    // A line of the preprocessor ends with its line end.
    const last = trimBack(code, before.end, before.start);
    const start = trimBack(code, child.start, Math.min(last, end));
    if (start < end && code.slice(start, end).trim() === '') edits.push({ start, end, text: '' });
  }
  return edits;
}
