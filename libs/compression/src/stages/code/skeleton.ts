import type { CodeConfig, DocstringMode } from '../../compression-config.js';
import type { CodeEdit } from './code-edits.js';
import type { CodeGrammar } from './code-grammar.js';
import { bodyOf, isPrivateAt, interiorOf, statementsOf } from './code-blocks.js';
import { countSolidLines, trimBack } from './code-lines.js';
import { commentEdit, docstringEdit, placeOfDoc } from './comment-edits.js';
import { isLongLiteral, literalGap, macroEdit } from './literal-edits.js';
import { declarationEdit, type Gap, blockText, gapEdit } from './placeholder-edits.js';
import { blankLineEdits, removalEdit } from './removal-edits.js';
import type { SkeletonLevel } from './skeleton-levels.js';
import { StructureFinder } from './structure-finder.js';
import type { SyntaxNode } from './syntax-parser.js';

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

interface Budget {
  lines: number;
}

/** Statements in a row that go, and the comments among them. */
interface Run {
  readonly from: number;
  readonly items: SyntaxNode[];
  readonly comments: SyntaxNode[];
}

/** What is left of a block so far. */
interface Shown {
  statements: number;
  gaps: number;
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
    if (isList) this.edits.push(...blankLineEdits(this.code, node.children));
  }

  /** Of a module or a class; that of a function is a part of its body. */
  private shortenDocstring({ children }: SyntaxNode): void {
    const { grammar, config } = this.plan;
    const first = children.find(({ type }) => !grammar.comments.has(type));
    if (!grammar.isIndented || first === undefined) return;
    const edit = docstringEdit(this.code, first, config.docstringMode);
    if (edit === 'removed' && children.length > 1) this.add(removalEdit(this.code, grammar, first));
    else if (typeof edit === 'object') this.edits.push(edit);
  }

  private visit(node: SyntaxNode, depth: number): void {
    const { grammar, unwanted } = this.plan;
    if (unwanted.has(node.type)) this.add(removalEdit(this.code, grammar, node));
    else if (grammar.comments.has(node.type)) this.visitComment(node, [node], 0);
    else if (grammar.functions.has(node.type)) this.visitFunction(node, depth);
    else if (grammar.literals.has(node.type) && !this.structure.hasFunction(node))
      this.cutLiteral(node, depth);
    else if (grammar.macros.has(node.type)) this.visitMacro(node, depth);
    else this.visitChildren(node, depth);
  }

  private visitFunction(node: SyntaxNode, depth: number): void {
    const { grammar, keptFunctions, config } = this.plan;
    if (keptFunctions.has(node.start) || depth > MAX_DEPTH) return;
    const body = bodyOf(node, grammar);
    if (body === undefined && this.cutExpression(node)) return;
    for (const child of node.children) {
      if (child !== body) this.visit(child, depth + 1);
    }
    if (body === undefined) return;
    if (!config.preserveSignatures && grammar.declarations.has(node.type)) {
      const edit = declarationEdit(this.code, grammar, node);
      if (edit !== undefined) this.push(edit.start, edit.end, edit.text);
      return;
    }
    const outer = this.owner;
    this.owner = node.start;
    const isTitled = this.structure.isTitledCallback(node);
    this.cutBlock(body, { lines: this.level.bodyLines }, depth, isTitled);
    this.owner = outer;
  }

  private cutExpression(node: SyntaxNode): boolean {
    const body = node.children.at(-1);
    if (!this.plan.grammar.arrows.has(node.type) || body?.end !== node.end || node.children.length < 2)
      return false;
    const { start, end } = body;
    if (end - start < this.level.minExpression || this.structure.isStructural(body)) return false;
    this.edits.push({ start, end, text: blockText(this.code, this.level, body), owner: node.start });
    return true;
  }

  /** Keeps the statements that fit and those that hold structure; a comment stands for each run of the others. */
  private cutBlock(block: SyntaxNode, budget: Budget, depth: number, isTitled = false): void {
    const inside = interiorOf(this.code, block, this.plan.grammar);
    if (depth > MAX_DEPTH || inside === undefined) return;
    const { grammar } = this.plan;
    const items = statementsOf(block);
    let run: Run = { from: inside.start, items: [], comments: [] };
    const shown: Shown = { statements: 0, gaps: 0 };
    for (const item of items) {
      if (grammar.comments.has(item.type)) {
        run.comments.push(item);
        continue;
      }
      const docstring =
        item === items[0] && grammar.isIndented
          ? docstringEdit(this.code, item, this.docstringModeAt(this.owner))
          : undefined;
      if (docstring === 'removed' && items.length > 1) {
        run.items.push(item);
        continue;
      }
      if (docstring === undefined && !this.keeps(item, budget, isTitled)) {
        run.items.push(item);
        continue;
      }
      this.closeRun(run, item.start, shown);
      if (typeof docstring === 'object') this.edits.push(docstring);
      if (docstring === undefined) this.visitKept(item, budget, depth, isTitled);
      shown.statements++;
      run = { from: item.end, items: [], comments: [] };
    }
    this.closeRun(run, inside.end, shown, true);
    if (this.level.isInline) this.edits.push(...blankLineEdits(this.code, items));
  }

  private docstringModeAt(owner: number): DocstringMode {
    const { docstringMode } = this.plan.config;
    const isShown = docstringMode === 'full' || this.level.keepsPrivateDocs || !isPrivateAt(this.code, owner);
    return isShown ? docstringMode : 'remove';
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

  private closeRun({ from, items, comments }: Run, stop: number, shown: Shown, isLast = false): void {
    const length = items.reduce((sum, item) => sum + item.end - item.start, 0);
    if (items.length === 0 || length < this.level.minCut) {
      for (const comment of comments) this.visitComment(comment, [comment], 0);
      shown.statements += items.length;
      return;
    }
    this.cut({
      from: trimBack(this.code, from, 0),
      stop,
      hasKept: shown.statements > 0,
      isLast,
      isFurther: shown.gaps++ > 0,
    });
  }

  private cut(gap: Gap): void {
    const { start, end, text } = gapEdit(this.code, this.plan.grammar, this.level, gap);
    this.push(start, end, text);
  }

  private push(start: number, end: number, text: string): void {
    this.edits.push({ start, end, text, owner: this.owner });
  }

  private visitComment(node: SyntaxNode, siblings: readonly SyntaxNode[], index: number): void {
    const { grammar, config } = this.plan;
    const mode = this.level.keepsDocs || config.docstringMode === 'full' ? config.docstringMode : 'remove';
    const place = mode === 'remove' ? 'elsewhere' : placeOfDoc(this.code, siblings, index, grammar);
    this.add(commentEdit(this.code, node, mode, place));
  }

  private cutLiteral(node: SyntaxNode, depth: number): void {
    const { grammar } = this.plan;
    const { literalLines } = this.level;
    if (!isLongLiteral(this.code, node, grammar, literalLines)) {
      this.visitChildren(node, depth);
      return;
    }
    const gap = literalGap(this.code, node, grammar, literalLines);
    // What is shown of it may be long itself.
    for (const child of node.children)
      if (gap === undefined || child.end <= gap.from) this.visit(child, depth + 1);
    if (gap !== undefined) this.cut(gap);
  }

  private visitMacro(node: SyntaxNode, depth: number): void {
    const edit = macroEdit(this.code, node, this.level);
    if (edit === undefined) this.visitChildren(node, depth);
    else this.edits.push(edit);
  }

  private add(edit: CodeEdit | undefined): void {
    if (edit !== undefined) this.edits.push(edit);
  }
}
