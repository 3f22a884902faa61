import type { CodeConfig } from '../../compression-config.js';
import type { CodeEdit } from './code-edits.js';
import type { CodeGrammar } from './code-grammar.js';
import { countSolidLines, indentAt, isFirstOnLine, lineStart, trimBack } from './code-lines.js';
import { commentEdit, docstringEdit, placeOfDoc } from './comment-edits.js';
import { StructureFinder } from './structure-finder.js';
import type { SyntaxNode, SyntaxRange } from './syntax-parser.js';

/** How much of a file stays. */
export interface SkeletonLevel {
  readonly bodyLines: number;
  readonly handlerLines: number;
  /** Longer collections of values outside of functions are cut to this many lines. */
  readonly literalLines: number;
  /** Comments that document a declaration keep their first line. */
  readonly keepsDocs: boolean;
  /** Fewer lines than this are cut without saying how many. */
  readonly uncountedLines: number;
  /** Statements of fewer characters stay: what stands for them is no shorter. */
  readonly minCut: number;
}

export interface SkeletonPlan {
  readonly grammar: CodeGrammar;
  readonly config: CodeConfig;
  /** Functions, by where they begin, whose bodies stay. */
  readonly keptFunctions: ReadonlySet<number>;
  /** Node types to drop whole. */
  readonly unwanted: ReadonlySet<string>;
}

/** Code nested deeper than this is left as it is. */
const MAX_DEPTH = 120;
const MIN_MACRO_LINES = 3;

interface Budget {
  lines: number;
}

/** Statements in a row that go, and the comments among them. */
interface Run {
  readonly from: number;
  readonly items: SyntaxNode[];
  readonly comments: SyntaxNode[];
}

/** Finds what to cut from a file so that its structure stays and it still parses. */
export class Skeleton {
  private readonly edits: CodeEdit[] = [];
  private readonly structure: StructureFinder;
  private owner = 0;

  constructor(
    private readonly code: string,
    private readonly plan: SkeletonPlan,
    private readonly level: SkeletonLevel,
  ) {
    this.structure = new StructureFinder(code, plan.grammar, plan.config.preserveErrorHandlers);
  }

  editsOf(root: SyntaxNode): CodeEdit[] {
    this.visitChildren(root, 0);
    return this.edits;
  }

  private visitChildren(node: SyntaxNode, depth: number): void {
    if (depth > MAX_DEPTH) return;
    const { members, blocks, comments } = this.plan.grammar;
    const isList = members.has(node.type) || blocks.has(node.type);
    if (isList) this.shortenDocstring(node);
    for (const [index, child] of node.children.entries()) {
      if (comments.has(child.type)) this.visitComment(child, node.children, index);
      else this.visit(child, depth + 1);
    }
    if (isList) this.dropBlankLines(node);
  }

  /** Of a module or a class; that of a function is a part of its body. */
  private shortenDocstring({ children }: SyntaxNode): void {
    const { grammar, config } = this.plan;
    const first = children.find(({ type }) => !grammar.comments.has(type));
    if (!grammar.isIndented || first === undefined) return;
    const edit = docstringEdit(this.code, first, config.docstringMode);
    if (edit === 'removed' && children.length > 1) this.drop(first);
    else if (typeof edit === 'object') this.edits.push(edit);
  }

  private visit(node: SyntaxNode, depth: number): void {
    const { grammar, unwanted } = this.plan;
    if (unwanted.has(node.type)) this.drop(node);
    else if (grammar.comments.has(node.type)) this.visitComment(node, [node], 0);
    else if (grammar.functions.has(node.type)) this.visitFunction(node, depth);
    else if (grammar.literals.has(node.type) && !this.structure.hasFunction(node)) this.cutLiteral(node);
    else if (grammar.macros.has(node.type)) this.cutMacro(node);
    else this.visitChildren(node, depth);
  }

  private visitFunction(node: SyntaxNode, depth: number): void {
    const { grammar, keptFunctions, config } = this.plan;
    if (keptFunctions.has(node.start) || depth > MAX_DEPTH) return;
    const body = bodyOf(node, grammar);
    for (const child of node.children) {
      if (child !== body) this.visit(child, depth + 1);
    }
    if (body === undefined) return;
    if (!config.preserveSignatures && grammar.declarations.has(node.type)) {
      this.replaceWhole(node);
      return;
    }
    const outer = this.owner;
    this.owner = node.start;
    const isTitled = this.structure.isTitledCallback(node);
    this.cutBlock(body, { lines: this.level.bodyLines }, depth, isTitled);
    this.owner = outer;
  }

  /** Keeps the statements that fit and those that hold structure; a comment stands for each run of the others. */
  private cutBlock(block: SyntaxNode, budget: Budget, depth: number, isTitled = false): void {
    const inside = interiorOf(this.code, block, this.plan.grammar);
    if (depth > MAX_DEPTH || inside === undefined) return;
    const { grammar, config } = this.plan;
    const items = statementsOf(block);
    let run: Run = { from: inside.start, items: [], comments: [] };
    let kept = 0;
    for (const item of items) {
      if (grammar.comments.has(item.type)) {
        run.comments.push(item);
        continue;
      }
      const docstring =
        item === items[0] && grammar.isIndented
          ? docstringEdit(this.code, item, config.docstringMode)
          : undefined;
      if (docstring === 'removed' && items.length > 1) {
        run.items.push(item);
        continue;
      }
      if (docstring === undefined && !this.keeps(item, budget, isTitled)) {
        run.items.push(item);
        continue;
      }
      if (this.closeRun(run, item.start, kept > 0)) kept++;
      if (typeof docstring === 'object') this.edits.push(docstring);
      if (docstring === undefined) this.visitKept(item, budget, depth, isTitled);
      kept++;
      run = { from: item.end, items: [], comments: [] };
    }
    this.closeRun(run, inside.end, kept > 0, true);
  }

  private keeps(item: SyntaxNode, budget: Budget, isTitled: boolean): boolean {
    if (budget.lines > 0) {
      const lines = countSolidLines(this.code, item.start, item.end);
      if (lines <= budget.lines) return true;
      if (this.structure.hasBlock(item) && budget.lines > 1) return true;
      budget.lines = 0;
    }
    return this.structure.isStructural(item) || (isTitled && this.structure.isTitledStatement(item));
  }

  private visitKept(item: SyntaxNode, budget: Budget, depth: number, isTitled: boolean): void {
    const { grammar } = this.plan;
    const lines = countSolidLines(this.code, item.start, item.end);
    if (budget.lines >= lines) {
      budget.lines -= lines;
      this.visit(item, depth + 1);
    } else if (grammar.handlers.has(item.type)) this.thinHandler(item, budget, depth);
    else if (grammar.functions.has(item.type)) this.visitFunction(item, depth + 1);
    else {
      if (budget.lines > 0) budget.lines--;
      this.thin(item, budget, depth + 1, isTitled);
    }
  }

  /** The try block by the budget, each handler by its own. */
  private thinHandler(node: SyntaxNode, budget: Budget, depth: number): void {
    let isFirst = true;
    for (const child of node.children) {
      if (!this.plan.grammar.blocks.has(child.type)) this.visit(child, depth + 1);
      else {
        this.cutBlock(child, isFirst ? budget : { lines: this.level.handlerLines }, depth + 1);
        isFirst = false;
      }
    }
  }

  private thin(node: SyntaxNode, budget: Budget, depth: number, isTitled: boolean): void {
    if (depth > MAX_DEPTH) return;
    const { blocks, functions, handlers, comments } = this.plan.grammar;
    for (const child of node.children) {
      if (blocks.has(child.type)) this.cutBlock(child, budget, depth + 1, isTitled);
      else if (handlers.has(child.type)) this.thinHandler(child, budget, depth + 1);
      else if (functions.has(child.type)) this.visitFunction(child, depth + 1);
      else if (comments.has(child.type)) this.visitComment(child, [child], 0);
      else this.thin(child, budget, depth + 1, isTitled);
    }
  }

  /** @returns true where statements of the run stay, for they are too short to cut. */
  private closeRun(
    { from: start, items, comments }: Run,
    stop: number,
    hasKept: boolean,
    isLast = false,
  ): boolean {
    if (items.length === 0) {
      for (const comment of comments) this.visitComment(comment, [comment], 0);
      return false;
    }
    const from = trimBack(this.code, start, 0);
    const solid = trimBack(this.code, stop, from);
    const length = items.reduce((sum, item) => sum + item.end - item.start, 0);
    if (length < this.level.minCut) {
      for (const comment of comments) this.visitComment(comment, [comment], 0);
      return true;
    }
    this.cut(from, stop, solid, hasKept, isLast);
    return false;
  }

  private cut(from: number, stop: number, solid: number, hasKept: boolean, isLast: boolean): void {
    const { lineComment, isIndented } = this.plan.grammar;
    const indent = this.innerIndent(from, solid);
    const lines = countSolidLines(this.code, from, solid);
    const isUncounted = lines < this.level.uncountedLines;
    const comment = `\n${indent}${lineComment} ...${isUncounted ? '' : ` (${lines} lines compressed)`}`;
    if (isIndented && isLast) {
      if (isUncounted) this.push(from, stop, hasKept ? `\n${indent}...` : ' ...');
      else this.push(from, stop, hasKept ? comment : `${comment}\n${indent}pass`);
    } else if (isFirstOnLine(this.code, stop)) this.push(from, lineStart(this.code, stop) - 1, comment);
    else this.push(from, stop, `${comment}\n${indentAt(this.code, from)}`);
  }

  /** The indentation of the first line that is cut; of code on one line, that of the line and a little more. */
  private innerIndent(from: number, to: number): string {
    const newline = this.code.indexOf('\n', from);
    if (newline === -1 || newline >= to) return `${indentAt(this.code, from)}    `;
    let at = newline + 1;
    while (at < to && this.code.charCodeAt(at) <= 32) at++;
    return indentAt(this.code, at);
  }

  private push(start: number, end: number, text: string): void {
    this.edits.push({ start, end, text, owner: this.owner });
  }

  private visitComment(node: SyntaxNode, siblings: readonly SyntaxNode[], index: number): void {
    const { grammar, config } = this.plan;
    const mode = this.level.keepsDocs || config.docstringMode === 'full' ? config.docstringMode : 'remove';
    const place = mode === 'remove' ? 'elsewhere' : placeOfDoc(this.code, siblings, index, grammar);
    const edit = commentEdit(this.code, node, mode, place);
    if (edit !== undefined) this.edits.push(edit);
  }

  private dropBlankLines({ children }: SyntaxNode): void {
    for (const [index, child] of children.entries()) {
      const before = children[index - 1];
      if (before === undefined || !isFirstOnLine(this.code, child.start)) continue;
      const end = lineStart(this.code, child.start) - 1;
      const start = trimBack(this.code, child.start, Math.min(before.end, end));
      if (start < end && this.code.slice(start, end).trim() === '') this.edits.push({ start, end, text: '' });
    }
  }

  private cutLiteral(node: SyntaxNode): void {
    const lines = countSolidLines(this.code, node.start, node.end);
    const { literalLines } = this.level;
    const items = node.children.filter(({ type }) => !this.plan.grammar.comments.has(type));
    if (lines <= literalLines + 1 || items.length < 3) {
      this.visitChildren(node, MAX_DEPTH - 8);
      return;
    }
    const last = items.findLast(
      ({ end }, index) => index === 0 || countSolidLines(this.code, node.start, end) <= literalLines,
    );
    if (last === undefined) return;
    const comma = this.code.indexOf(',', last.end);
    if (comma === -1 || comma >= node.end - 1 || this.code.slice(last.end, comma).trim() !== '') return;
    const stop = node.end - 1;
    this.cut(comma + 1, stop, trimBack(this.code, stop, comma + 1), true, false);
  }

  private cutMacro(node: SyntaxNode): void {
    const end = trimBack(this.code, node.end, node.start);
    const lines = countSolidLines(this.code, node.start, end);
    const newline = this.code.indexOf('\n', node.start);
    if (lines < MIN_MACRO_LINES || newline === -1 || newline > end) return;
    const backslash = this.code.lastIndexOf('\\', newline);
    if (backslash <= node.start || this.code.slice(backslash + 1, newline).trim() !== '') return;
    const start = trimBack(this.code, backslash, node.start);
    this.push(start, end, ` /* ... (${lines - 1} lines compressed) */`);
  }

  private drop(node: SyntaxNode): void {
    const { annotations, isIndented } = this.plan.grammar;
    if (annotations.has(node.type) && isIndented) {
      const sign = trimBack(this.code, node.start, 0);
      const width = this.code.endsWith('->', sign) ? 2 : 1;
      if (width === 2 || this.code[sign - 1] === ':')
        this.push(trimBack(this.code, sign - width, 0), node.end, '');
      return;
    }
    const isWholeLine = isFirstOnLine(this.code, node.start) && !annotations.has(node.type);
    const end = this.code[node.end] === ';' && !annotations.has(node.type) ? node.end + 1 : node.end;
    if (!isWholeLine) {
      this.push(node.start, end, '');
      return;
    }
    const start = lineStart(this.code, node.start);
    this.push(Math.max(0, start - 1), start === 0 && this.code[end] === '\n' ? end + 1 : end, '');
  }

  private replaceWhole(node: SyntaxNode): void {
    const { grammar } = this.plan;
    const lines = countSolidLines(this.code, node.start, node.end);
    if (!isFirstOnLine(this.code, node.start)) return;
    const rest = grammar.isIndented ? `\n${indentAt(this.code, node.start)}pass` : '';
    this.push(node.start, node.end, `${grammar.lineComment} ... (${lines} lines compressed)${rest}`);
  }
}

function bodyOf(node: SyntaxNode, { blocks }: CodeGrammar): SyntaxNode | undefined {
  const last = node.children.at(-1);
  return last !== undefined && last.end === node.end && blocks.has(last.type) ? last : undefined;
}

/** The grammar of Go wraps the statements of a block once more. */
function statementsOf(block: SyntaxNode): readonly SyntaxNode[] {
  return block.children.flatMap((child) => (child.type === 'statement_list' ? child.children : [child]));
}

/** Between the braces; an indented block begins where the line of its header ends. */
function interiorOf(
  code: string,
  { start, end }: SyntaxNode,
  { isIndented }: CodeGrammar,
): SyntaxRange | undefined {
  if (isIndented) return { start: trimBack(code, start, 0), end };
  const ends = `${code[start] ?? ''}${code[end - 1] ?? ''}`;
  return ends === '{}' || ends === '()' ? { start: start + 1, end: end - 1 } : undefined;
}
