import { describe } from 'vitest';
import { TreeSitterParser } from '#libs/adapters';
import { syntaxParserContract } from './syntax-parser.contract.js';

describe('SyntaxParser on tree-sitter', () => {
  const parser = new TreeSitterParser();
  syntaxParserContract(() => parser);
});
