export type CodeLanguage =
  'python' | 'javascript' | 'typescript' | 'tsx' | 'go' | 'rust' | 'java' | 'c' | 'cpp';

/** A place in the parsed text; offsets count UTF-16 code units. */
export interface SyntaxRange {
  readonly start: number;
  readonly end: number;
}

/** A node of a syntax tree that holds, of all nodes, those that were asked for; children lie inside, in order. */
export interface SyntaxNode extends SyntaxRange {
  readonly type: string;
  readonly children: readonly SyntaxNode[];
}

export interface SyntaxTree {
  /** The whole text. */
  readonly root: SyntaxNode;
  /** What could not be parsed and what is missing, at most a few thousand. */
  readonly errors: readonly SyntaxRange[];
}

/** Which nodes of a tree to hand over: a whole one costs more than the parsing. */
export interface SyntaxOutline {
  /** Types to find at any depth. */
  readonly types: readonly string[];
  /** Of nodes of these types, which `types` name too, every named child is handed over as well. */
  readonly lists: readonly string[];
}

/** Parses source code into outlines of concrete syntax trees. */
export abstract class SyntaxParser {
  /**
   * @param isLate asked now and then while a long text is parsed
   * @returns undefined when the language cannot be parsed here or time ran out. Never rejects for broken code.
   */
  abstract parse(
    code: string,
    language: CodeLanguage,
    outline: SyntaxOutline,
    isLate?: () => boolean,
  ): Promise<SyntaxTree | undefined>;
}
