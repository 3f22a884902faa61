import type { CodeGrammar } from './code-grammar.js';
import { countSolidLines, trimBack } from './code-lines.js';
import { type Gap, type GapEdit, inlineComment, type PlaceholderStyle } from './placeholder-edits.js';
import type { SyntaxNode } from './syntax-parser.js';

const MIN_MACRO_LINES = 3;
const MIN_ITEMS = 3;

/** True where a collection of values is long enough to show its first entries only. */
export function isLongLiteral(
  code: string,
  { start, end, children }: SyntaxNode,
  { comments }: CodeGrammar,
  literalLines: number,
): boolean {
  return (
    countSolidLines(code, start, end) > literalLines + 1 &&
    children.filter(({ type }) => !comments.has(type)).length >= MIN_ITEMS
  );
}

/** What goes of a long collection; undefined where its entries cannot be told apart. */
export function literalGap(
  code: string,
  node: SyntaxNode,
  { comments }: CodeGrammar,
  literalLines: number,
): Gap | undefined {
  const items = node.children.filter(({ type }) => !comments.has(type));
  const last = items.findLast(
    ({ end }, index) => index === 0 || countSolidLines(code, node.start, end) <= literalLines,
  );
  if (last === undefined) return undefined;
  const comma = code.indexOf(',', last.end);
  if (comma === -1 || comma >= node.end - 1 || code.slice(last.end, comma).trim() !== '') return undefined;
  return { from: comma + 1, stop: node.end - 1, hasKept: true, isLast: false, isFurther: false };
}

/** Of a macro over several lines, only its head stays. */
export function macroEdit(code: string, node: SyntaxNode, style: PlaceholderStyle): GapEdit | undefined {
  const end = trimBack(code, node.end, node.start);
  const newline = code.indexOf('\n', node.start);
  if (newline === -1 || newline > end) return undefined;
  const lines = countSolidLines(code, node.start, end);
  const backslash = code.lastIndexOf('\\', newline);
  if (lines < MIN_MACRO_LINES || backslash <= node.start) return undefined;
  if (code.slice(backslash + 1, newline).trim() !== '') return undefined;
  const start = trimBack(code, backslash, node.start);
  return { start, end, text: ` ${inlineComment(lines - 1, style)}` };
}
