import { matchesMarker } from '#libs/ccr';
import type { Stage, StageContext, StageInput, StageOutput } from '../stage.js';
import { askedLines } from './asked-lines.js';
import { crushSearch, foundLines } from './crush-search.js';
import { encodeLosslessSearch } from './lossless-search.js';
import { type FoundLine, type ParsedSearch, parseSearch } from './parse-search.js';

/** Dropping hits is only worth it when it makes the text clearly smaller than the lossless form. */
const LOSSY_SHARE = 0.85;
/** Text that is this much shorter cannot be matched by the lossless form, which is then not written at all. */
const PLAINLY_SMALLER = 0.1;

/** Results of a search in files: grouped by file without loss, then only the hits that matter where there are many. */
export const searchStage: Stage = (input, context) => {
  const parsed = parseSearch(input.text);
  const found = foundLines(parsed);
  const count = found.reduce((hits, { kind }) => (kind === 'hit' ? hits + 1 : hits), 0);
  if (count === 0) return 'not_compressible';
  if (context.isLate()) return 'deadline';
  const crushed = count > context.config.search.maxResults ? crush(parsed, found, context) : undefined;
  const { length } = input.text;
  if (crushed !== undefined && crushed.text.length < length * PLAINLY_SMALLER)
    return ifSmaller(crushed, input, context);
  if (context.isLate()) return 'deadline';
  const text = encodeLosslessSearch(input.text, parsed);
  const isWorthLoss =
    crushed !== undefined && crushed.text.length < Math.min(text.length, length) * LOSSY_SHARE;
  if (isWorthLoss) return ifSmaller(crushed, input, context);
  return ifSmaller(
    { text, name: 'search', isLossy: false, itemsBefore: count, itemsAfter: count },
    input,
    context,
  );
};

function ifSmaller(
  output: Omit<StageOutput, 'tokens'>,
  input: StageInput,
  { counter }: StageContext,
): StageOutput | 'not_smaller' {
  const tokens = counter.countText(output.text);
  return tokens < input.tokens ? { ...output, tokens } : 'not_smaller';
}

function crush(
  parsed: ParsedSearch,
  found: readonly FoundLine[],
  { config, query, originalHash }: StageContext,
): Omit<StageOutput, 'tokens'> | undefined {
  const { maxResults, preserveFileDiversity, relevanceThreshold } = config.search;
  if (config.mode === 'lossless') return undefined;
  const asked = askedLines(found, query, relevanceThreshold);
  const crushed = crushSearch(parsed, found, { maxResults, preserveFileDiversity, asked });
  const marker = matchesMarker(crushed.hitsBefore, crushed.hitsAfter, originalHash);
  return {
    text: config.mode === 'ccr' ? `${crushed.text}\n${marker}` : crushed.text,
    name: 'search',
    isLossy: true,
    itemsBefore: crushed.hitsBefore,
    itemsAfter: crushed.hitsAfter,
  };
}
