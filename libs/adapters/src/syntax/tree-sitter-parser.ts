import { createRequire } from 'node:module';
import {
  type CodeLanguage,
  SyntaxParser,
  type SyntaxNode,
  type SyntaxOutline,
  type SyntaxRange,
  type SyntaxTree,
} from '#libs/compression';
import type { Language, Node, Parser } from 'web-tree-sitter';
import { type FlatNode, nest } from './nest-nodes.js';

/** C is parsed by the grammar of C++, which takes nearly all of it. */
const GRAMMARS: Readonly<Record<CodeLanguage, string>> = {
  python: 'python',
  javascript: 'javascript',
  typescript: 'typescript',
  tsx: 'tsx',
  go: 'go',
  rust: 'rust',
  java: 'java',
  c: 'cpp',
  cpp: 'cpp',
};

/** Broken text can be nothing but errors; this many tell enough. */
const MAX_ERRORS = 2000;
const MAX_ERROR_VISITS = 20_000;

interface Runtime {
  readonly parser: Parser;
  readonly load: (path: string) => Promise<Language>;
}

/** tree-sitter as WebAssembly; the runtime and each grammar are loaded with their first use. */
export class TreeSitterParser extends SyntaxParser {
  private runtime: Promise<Runtime> | undefined;
  private readonly grammars = new Map<string, Promise<Language>>();

  override async parse(
    code: string,
    language: CodeLanguage,
    outline: SyntaxOutline,
    isLate: () => boolean = () => false,
  ): Promise<SyntaxTree | undefined> {
    const { parser, load } = await (this.runtime ??= openRuntime());
    const grammar = await this.grammar(GRAMMARS[language], load);
    // From here on nothing waits: one parser serves every call.
    parser.setLanguage(grammar);
    const tree = parser.parse(code, null, { progressCallback: () => isLate() });
    if (tree === null) {
      parser.reset();
      return undefined;
    }
    try {
      const root = tree.rootNode;
      const whole: SyntaxNode = { type: root.type, start: 0, end: code.length, children: [] };
      return { root: nest(whole, wantedNodes(root, outline)), errors: findErrors(root) };
    } finally {
      tree.delete();
    }
  }

  private grammar(name: string, load: Runtime['load']): Promise<Language> {
    let grammar = this.grammars.get(name);
    if (grammar === undefined) {
      grammar = load(wasmPath(name));
      this.grammars.set(name, grammar);
    }
    return grammar;
  }
}

async function openRuntime(): Promise<Runtime> {
  const { Parser, Language } = await import('web-tree-sitter');
  await Parser.init();
  return { parser: new Parser(), load: (path) => Language.load(path) };
}

function wasmPath(name: string): string {
  return createRequire(import.meta.url).resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${name}.wasm`);
}

/** In the order of the text, outer nodes before inner ones; each node that is asked costs a call into WebAssembly. */
function wantedNodes(root: Node, { types, lists }: SyntaxOutline): FlatNode[] {
  const listTypes = new Set(lists);
  const found: FlatNode[] = [];
  const seen = new Map<number, string>();
  const add = (node: Node): string => {
    const known = seen.get(node.id);
    if (known !== undefined) return known;
    const { type } = node;
    seen.set(node.id, type);
    found.push({ type, start: node.startIndex, end: node.endIndex });
    return type;
  };
  for (const node of root.descendantsOfType([...types])) {
    if (!listTypes.has(add(node))) continue;
    for (const child of node.namedChildren) add(child);
  }
  return found;
}

function findErrors(root: Node): SyntaxRange[] {
  const errors: SyntaxRange[] = [];
  if (!root.hasError) return errors;
  const open = [root];
  for (let visits = 0; visits < MAX_ERROR_VISITS && errors.length < MAX_ERRORS; visits++) {
    const node = open.pop();
    if (node === undefined) break;
    if (node.isError || node.isMissing) errors.push({ start: node.startIndex, end: node.endIndex });
    else for (const child of node.children.toReversed()) if (child.hasError) open.push(child);
  }
  return errors;
}
