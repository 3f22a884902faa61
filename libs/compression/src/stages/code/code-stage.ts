import { linesMarker } from '#libs/ccr';
import type { Stage, StageContext, StageInput, StageResult } from '../stage.js';
import { asksForAnalysis } from './asks-for-analysis.js';
import { grammarOf } from './code-grammar.js';
import { countSolidLines } from './code-lines.js';
import { cutCode, unwantedTypes } from './cut-code.js';
import { detectLanguage } from './detect-language.js';
import { CodeParsing, type ParsedCode } from './parse-code.js';
import { languageOfPath } from './path-hint.js';
import { type Listing, readListing } from './read-listing.js';
import type { CodeLanguage } from './syntax-parser.js';

const MIN_WORDS = 50;
/** Larger files are generated, and cost more to parse than they are worth. */
const MAX_CHARACTERS = 1_000_000;
/** Minified code has no lines to keep or to cut. */
const MAX_MEAN_LINE = 500;
/** Bodies go only where that makes the text clearly smaller. */
const LOSSY_SHARE = 0.9;
const GARBLED_SHARE = 0.4;
const MIN_GARBLED_ERRORS = 20;
const MAX_ERRORS = 1500;
const CUT_BEFORE = /(?:\/\/|#|\/\*) \.\.\. \(\d{1,9} lines compressed\)(?: \*\/|$)/m;

/** Source code as its skeleton: imports, signatures and types stay, bodies of functions are cut. */
export const codeStage: Stage = async (input, context) => {
  const { config, tools, isLate } = context;
  if (!config.code.enabled) return 'disabled';
  if (config.protectAnalysisContext && asksForAnalysis(context.query)) return 'protected_analysis';
  if (input.tokens < config.code.minTokensForCompression || !hasWords(input.text, MIN_WORDS)) {
    return 'below_min_tokens';
  }
  if (tools.syntax === undefined) return 'tool_missing';
  if (config.mode === 'lossless' || input.text.length > MAX_CHARACTERS) return 'not_compressible';
  if (CUT_BEFORE.test(input.text)) return 'already_compressed';
  const listing = readListing(input.text);
  const { code } = listing.numbered;
  const lines = countSolidLines(code, 0, code.length);
  if (code.length > lines * MAX_MEAN_LINE) return 'not_compressible';
  const language = languageOf(input, listing, config.code.languageHint);
  if (language === undefined) return 'not_compressible';

  const parsing = new CodeParsing(tools.syntax, (grammar) => unwantedTypes(grammar, config.code), isLate);
  const parsed = await parsing.parse(code, language);
  if (isLate()) return 'deadline';
  if (parsed === undefined || isGarbled(parsed, lines)) return 'not_compressible';
  const cut = await cutCode(listing.numbered, parsed, parsing, {
    config: config.code,
    query: context.query,
    relevanceThreshold: config.smartCrusher.relevanceThreshold,
  });
  if (isLate()) return 'deadline';
  if (cut === undefined) return 'not_smaller';
  return finish(listing.head + cut.text + listing.tail, parsed.language, input, context);
};

/** With this many errors the parser has made up most of what it found. */
function isGarbled({ tree }: ParsedCode, lines: number): boolean {
  return tree.errors.length > Math.max(MIN_GARBLED_ERRORS, Math.min(MAX_ERRORS, lines * GARBLED_SHARE));
}

function finish(
  text: string,
  language: CodeLanguage,
  input: StageInput,
  { config, counter, originalHash }: StageContext,
): StageResult {
  const itemsBefore = countLines(input.text);
  const itemsAfter = countLines(text);
  const { lineComment } = grammarOf(language);
  const marker = `\n${lineComment} ${linesMarker(itemsBefore, itemsAfter, originalHash)}`;
  const marked = config.mode === 'ccr' ? text.replace(/[\r\n]+$/, '') + marker : text;
  if (marked.length >= input.text.length) return 'not_smaller';
  const tokens = counter.countText(marked);
  if (tokens > input.tokens * LOSSY_SHARE) return 'not_smaller';
  return { text: marked, tokens, name: 'code', isLossy: true, itemsBefore, itemsAfter };
}

function languageOf(
  { content, text }: StageInput,
  { numbered }: Listing,
  hint: string | undefined,
): CodeLanguage | undefined {
  return (
    languageOfPath(hint) ??
    content.language ??
    detectLanguage(text)?.language ??
    detectLanguage(numbered.code)?.language
  );
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function hasWords(text: string, least: number): boolean {
  let count = 0;
  let isInside = false;
  for (let at = 0; at < text.length && count < least; at++) {
    const isSolid = text.charCodeAt(at) > 32;
    if (isSolid && !isInside) count++;
    isInside = isSolid;
  }
  return count >= least;
}
