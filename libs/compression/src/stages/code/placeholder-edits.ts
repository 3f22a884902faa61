import type { CodeGrammar } from './code-grammar.js';
import { countSolidLines, indentAt, isFirstOnLine, lineStart, trimBack } from './code-lines.js';
import type { SyntaxNode, SyntaxRange } from './syntax-parser.js';

/** How what is cut is stood for. */
export interface PlaceholderStyle {
  /** Fewer lines than this are cut without saying how many. */
  readonly uncountedLines: number;
  /** A body that is cut whole takes no line of its own. */
  readonly isInline: boolean;
}

/** A part of a block that goes. */
export interface Gap {
  readonly from: number;
  /** Where what is kept next begins, or the block ends. */
  readonly stop: number;
  /** Something of the block is kept before it. */
  readonly hasKept: boolean;
  readonly isLast: boolean;
  /** Another gap of the block is shown before it. */
  readonly isFurther: boolean;
}

export interface GapEdit extends SyntaxRange {
  readonly text: string;
}

/** What a skeleton itself writes. */
export const PLACEHOLDER =
  /^(?:(?:\/\/|#) \.\.\.(?: \(\d{1,9} lines compressed\))?|\/\*\.\.\.\*\/|\/\* \.\.\. (?:\(\d{1,9} lines compressed\) )?\*\/)$/;

/** A comment that stands for the gap, and in Python a statement where the block would be empty. */
export function gapEdit(
  code: string,
  { lineComment, isIndented }: CodeGrammar,
  style: PlaceholderStyle,
  { from, stop, hasKept, isLast, isFurther }: Gap,
): GapEdit {
  const solid = trimBack(code, stop, from);
  const lines = countSolidLines(code, from, solid);
  const isCounted = lines >= style.uncountedLines;
  const count = isCounted ? ` (${lines} lines compressed)` : '';
  const isWhole = isLast && !hasKept;
  if (isWhole && style.isInline && !isIndented)
    return { start: from, end: stop, text: inlineComment(lines, style) };
  if (isWhole && isIndented && !isCounted) return { start: from, end: stop, text: ' ...' };
  if (isWhole && isIndented && style.isInline)
    return { start: from, end: stop, text: ` pass ${lineComment} ...${count}` };
  const isSilent = isFurther && !isCounted;
  if (isSilent && isFirstOnLine(code, stop)) return { start: from, end: lineStart(code, stop) - 1, text: '' };
  if (isSilent && isIndented && isLast) return { start: from, end: stop, text: '' };
  const indent = innerIndent(code, from, solid);
  const comment = `\n${indent}${lineComment} ...${count}`;
  if (isIndented && isLast) {
    if (!isCounted) return { start: from, end: stop, text: `\n${indent}...` };
    return { start: from, end: stop, text: hasKept ? comment : `${comment}\n${indent}pass` };
  }
  return isFirstOnLine(code, stop)
    ? { start: from, end: lineStart(code, stop) - 1, text: comment }
    : { start: from, end: stop, text: `${comment}\n${indentAt(code, from)}` };
}

/** An empty block that stands for an expression. */
export function blockText(code: string, style: PlaceholderStyle, { start, end }: SyntaxRange): string {
  return `{${inlineComment(countSolidLines(code, start, end), style)}}`;
}

export function inlineComment(lines: number, { uncountedLines }: PlaceholderStyle): string {
  return lines < uncountedLines ? '/*...*/' : `/* ... (${lines} lines compressed) */`;
}

/** The indentation of the first line that is cut; of code on one line, that of the line and a little more. */
function innerIndent(code: string, from: number, to: number): string {
  const newline = code.indexOf('\n', from);
  if (newline === -1 || newline >= to) return `${indentAt(code, from)}    `;
  let at = newline + 1;
  while (at < to && code.charCodeAt(at) <= 32) at++;
  return indentAt(code, at);
}

/** A declaration that goes with its signature. */
export function declarationEdit(
  code: string,
  { lineComment, isIndented }: CodeGrammar,
  { start, end }: SyntaxNode,
): GapEdit | undefined {
  if (!isFirstOnLine(code, start)) return undefined;
  const rest = isIndented ? `\n${indentAt(code, start)}pass` : '';
  const lines = countSolidLines(code, start, end);
  return { start, end, text: `${lineComment} ... (${lines} lines compressed)${rest}` };
}
