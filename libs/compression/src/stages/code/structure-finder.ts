import type { CodeGrammar } from './code-grammar.js';
import type { SyntaxNode } from './syntax-parser.js';

const MAX_DEPTH = 120;

/** `describe('a', function () {`, `it("b", async () => {`: what stands before the function. */
const TITLED =
  /^(?:describe|context|suite|it|test|specify|before|after|bench|beforeEach|afterEach|beforeAll|afterAll)(?:\.\w+)?\s*\((?:\s*(?:'[^'\n]*'|"[^"\n]*"|`[^`\n]*`)\s*,)?\s*$/;
const TITLE_CHARACTERS = 300;

/** Tells which statements of a body that is cut are worth their lines: those that hold declarations or error handlers. */
export class StructureFinder {
  private readonly structural = new Map<SyntaxNode, boolean>();
  private readonly functions = new Map<SyntaxNode, boolean>();

  constructor(
    private readonly code: string,
    private readonly grammar: CodeGrammar,
    private readonly keepsHandlers: boolean,
  ) {}

  isStructural(node: SyntaxNode, depth = 0): boolean {
    if (depth > MAX_DEPTH) return false;
    const known = this.structural.get(node);
    if (known !== undefined) return known;
    const { declarations, handlers } = this.grammar;
    const found =
      declarations.has(node.type) ||
      (this.keepsHandlers && handlers.has(node.type)) ||
      node.children.some((child) => this.isStructural(child, depth + 1));
    this.structural.set(node, found);
    return found;
  }

  hasFunction(node: SyntaxNode, depth = 0): boolean {
    if (depth > MAX_DEPTH) return true;
    const known = this.functions.get(node);
    if (known !== undefined) return known;
    const found =
      this.grammar.functions.has(node.type) ||
      node.children.some((child) => this.hasFunction(child, depth + 1));
    this.functions.set(node, found);
    return found;
  }

  hasBlock(node: SyntaxNode, depth = 0): boolean {
    if (depth > MAX_DEPTH) return false;
    return (
      this.grammar.blocks.has(node.type) || node.children.some((child) => this.hasBlock(child, depth + 1))
    );
  }

  /** True for the function of a test or a group of tests, whose title tells what it is about. */
  isTitledCallback(node: SyntaxNode): boolean {
    const before = this.code.slice(Math.max(0, node.start - TITLE_CHARACTERS), node.start);
    return TITLED.test(before.slice(before.lastIndexOf('\n') + 1).trimStart());
  }

  isTitledStatement(node: SyntaxNode): boolean {
    const inner = node.children[0];
    if (inner === undefined) return false;
    return this.grammar.functions.has(inner.type) && this.isTitledCallback(inner);
  }
}
