export type CodeLanguage =
  'python' | 'javascript' | 'typescript' | 'tsx' | 'go' | 'rust' | 'java' | 'c' | 'cpp';

/** A node of a syntax tree; offsets count UTF-16 code units of the parsed text. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** True where the node or one below it could not be parsed. */
  readonly hasError: boolean;
  readonly children: readonly SyntaxNode[];
}

/** Parses source code into concrete syntax trees. */
export abstract class SyntaxParser {
  /** The tree's root; undefined when the language cannot be parsed here. Never rejects for broken code. */
  abstract parse(code: string, language: CodeLanguage): Promise<SyntaxNode | undefined>;
}
