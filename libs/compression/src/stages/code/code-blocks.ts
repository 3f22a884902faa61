import type { CodeGrammar } from './code-grammar.js';
import { trimBack } from './code-lines.js';
import type { SyntaxNode, SyntaxRange } from './syntax-parser.js';

/** The block that a function ends in. */
export function bodyOf(node: SyntaxNode, { blocks }: CodeGrammar): SyntaxNode | undefined {
  const last = node.children.at(-1);
  return last !== undefined && last.end === node.end && blocks.has(last.type) ? last : undefined;
}

/** The grammar of Go wraps the statements of a block once more. */
export function statementsOf(block: SyntaxNode): readonly SyntaxNode[] {
  return block.children.flatMap((child) => (child.type === 'statement_list' ? child.children : [child]));
}

/** Between the braces; an indented block begins where the line of its header ends. */
export function interiorOf(
  code: string,
  { start, end }: SyntaxNode,
  { isIndented }: CodeGrammar,
): SyntaxRange | undefined {
  if (isIndented) return { start: trimBack(code, start, 0), end };
  const ends = `${code[start] ?? ''}${code[end - 1] ?? ''}`;
  return ends === '{}' || ends === '()' ? { start: start + 1, end: end - 1 } : undefined;
}

/** True where a Python function begins whose name tells that it is not for others. */
export function isPrivateAt(code: string, start: number): boolean {
  return /^(?:async\s{1,8})?def\s{1,8}_/.test(code.slice(start, start + 40));
}
