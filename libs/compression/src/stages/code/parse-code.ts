import { grammarOf, outlineFor, type CodeGrammar } from './code-grammar.js';
import type { CodeLanguage, SyntaxParser, SyntaxRange, SyntaxTree } from './syntax-parser.js';
import { NO_FRAME, windowFrames, type WindowFrame } from './window-frames.js';

export interface ParsedCode {
  readonly language: CodeLanguage;
  readonly grammar: CodeGrammar;
  readonly tree: SyntaxTree;
  /** What was put around the code to parse it; offsets of the tree count from the start of its head. */
  readonly frame: WindowFrame;
}

const NO_NODES = { types: [], lists: [] };

/** Languages that look alike: tried where the first guess leaves errors. */
const SIBLINGS: Readonly<Partial<Record<CodeLanguage, readonly CodeLanguage[]>>> = {
  javascript: ['tsx', 'typescript'],
  typescript: ['tsx'],
  tsx: ['typescript'],
};

/** Long texts are parsed once: what they begin and end with matters little. */
const MAX_RETRIED = 100_000;

/** Parses code, trying what it could be until nothing is left that does not parse; the best attempt wins. */
export class CodeParsing {
  constructor(
    private readonly parser: SyntaxParser,
    private readonly unwanted: (grammar: CodeGrammar) => ReadonlySet<string>,
    private readonly isLate: () => boolean,
  ) {}

  async parse(code: string, language: CodeLanguage): Promise<ParsedCode | undefined> {
    let best = await this.attempt(code, language, NO_FRAME);
    if (best === undefined || code.length > MAX_RETRIED) return best;
    for (const sibling of SIBLINGS[language] ?? [])
      best = better(best, await this.retry(best, code, sibling, NO_FRAME));
    if (best.tree.errors.length === 0) return best;
    for (const frame of windowFrames(code, best.language)) {
      best = better(best, await this.retry(best, code, best.language, frame));
    }
    return best;
  }

  /** What does not parse in code that was parsed before it was cut. */
  async errorsOf(code: string, { language, frame }: ParsedCode): Promise<readonly SyntaxRange[] | undefined> {
    const tree = await this.parser.parse(frame.head + code + frame.tail, language, NO_NODES, this.isLate);
    return tree?.errors.map(({ start, end }) => ({
      start: start - frame.head.length,
      end: end - frame.head.length,
    }));
  }

  private async retry(
    best: ParsedCode,
    code: string,
    language: CodeLanguage,
    frame: WindowFrame,
  ): Promise<ParsedCode | undefined> {
    return best.tree.errors.length === 0 ? undefined : this.attempt(code, language, frame);
  }

  private async attempt(
    code: string,
    language: CodeLanguage,
    frame: WindowFrame,
  ): Promise<ParsedCode | undefined> {
    if (this.isLate()) return undefined;
    const grammar = grammarOf(language);
    const outline = outlineFor(grammar, this.unwanted(grammar));
    const tree = await this.parser.parse(frame.head + code + frame.tail, language, outline, this.isLate);
    return tree === undefined ? undefined : { language, grammar, tree, frame };
  }
}

/** The one with fewer errors; of equals the first. */
function better(first: ParsedCode, second: ParsedCode | undefined): ParsedCode {
  return second !== undefined && second.tree.errors.length < first.tree.errors.length ? second : first;
}
