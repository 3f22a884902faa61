import { matchesMarker } from '#libs/ccr';
import { type Draft, losslessDraft, smallerDraft } from '../drafts.js';
import type { Stage, StageContext } from '../stage.js';
import { askedLines } from './asked-lines.js';
import { crushSearch, foundLines } from './crush-search.js';
import { encodeLosslessSearch } from './lossless-search.js';
import { type FoundLine, type ParsedSearch, parseSearch } from './parse-search.js';

/** Text that is this much shorter cannot be matched by the lossless form, which is then not written at all. */
const SURELY_SMALLER = 0.1;

/** Results of a search in files: grouped by file without loss, then only the hits that matter where there are many. */
export const searchStage: Stage = (input, context) => {
  const parsed = parseSearch(input.text);
  const found = foundLines(parsed);
  const count = found.reduce((hits, { kind }) => (kind === 'hit' ? hits + 1 : hits), 0);
  if (count === 0) return 'not_compressible';
  if (context.isLate()) return 'deadline';
  const lossy = count > context.config.search.maxResults ? crush(parsed, found, context) : undefined;
  if (context.isLate()) return 'deadline';
  const lossless = (): Draft => losslessDraft(encodeLosslessSearch(input.text, parsed), 'search', count);
  return smallerDraft({ lossy, lossless, surelySmaller: SURELY_SMALLER }, input, context);
};

function crush(
  parsed: ParsedSearch,
  found: readonly FoundLine[],
  { config, query, originalHash }: StageContext,
): Draft | undefined {
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
