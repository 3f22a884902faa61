import { linesMarker } from '#libs/ccr';
import { logStage } from '../log/log-stage.js';
import type { Stage, StageContext, StageInput, StageResult } from '../stage.js';
import { dropWords } from './classify-words.js';
import { countLines, extractText, hasElisions } from './extract-text.js';
import { foldBlobs } from './fold-blobs.js';
import { isProse } from './is-prose.js';
import { rankUnits } from './rank-units.js';

/** Leaving sentences out is only worth it when it makes the text clearly smaller. */
const LOSSY_SHARE = 0.85;
/** Below, there is little to leave out that would not be missed. */
const MIN_TOKENS = 600;
/** Documentation of code is dense in names, each of which may be what is needed, so more of it is kept. */
const PROSE_DENSITY = 0.03;
const MORE_BY_DENSITY = 3;
const MOST_MORE = 0.75;
/** Tokens are dearer in what stays than in what goes: aim lower once, where the first extract is too long. */
const SLACK = 1.08;

/** Prose and Markdown: the sentences that answer the question or carry the text, in their order. */
export const textStage: Stage = async (input, context) => {
  const { mode } = context.config;
  const folded = mode === 'lossless' ? input.text : foldBlobs(input.text);
  if (folded !== input.text) return withoutBlobs(input, folded, context);
  if (!isProse(input.text)) return withoutLoss(input, context);
  if (mode === 'lossless') return 'not_smaller';
  if (mode === 'lossy_inline' && hasElisions(input.text)) return 'already_compressed';
  if (input.tokens < MIN_TOKENS) return 'not_smaller';
  return (await withClassifier(input, context)) ?? extract(input, input, context);
};

/** What is left is prose to extract from, or stays as it is. */
function withoutBlobs(input: StageInput, folded: string, context: StageContext): StageResult {
  const tokens = context.counter.countText(folded);
  if (tokens >= MIN_TOKENS && isProse(folded)) {
    const extracted = extract(input, { text: folded, tokens }, context);
    if (extracted !== 'not_smaller') return extracted;
  }
  return marked(input, context, folded, 'text');
}

/** Where a server has a classifier and it is asked for; without one, or where it fails, sentences are chosen. */
async function withClassifier(input: StageInput, context: StageContext): Promise<StageResult | undefined> {
  const { enabled, textRate } = context.config.llmlingua;
  const { classifier } = context.tools;
  if (!enabled || classifier === undefined) return undefined;
  try {
    const text = await dropWords(input.text, textRate, classifier);
    if (context.isLate()) return 'deadline';
    return marked(input, context, text, 'llmlingua');
  } catch {
    return undefined;
  }
}

function marked(input: StageInput, context: StageContext, text: string, name: string): StageResult {
  const before = countLines(input.text);
  const after = countLines(text);
  const marker = context.config.mode === 'ccr' ? `\n${linesMarker(before, after, context.originalHash)}` : '';
  const tokens = context.counter.countText(text + marker);
  if (tokens > input.tokens * LOSSY_SHARE) return 'not_smaller';
  return { text: text + marker, tokens, name, isLossy: true, itemsBefore: before, itemsAfter: after };
}

/** Listings, tables and markup that repeat their lines are told as templates; their lines are never left out. */
async function withoutLoss(input: StageInput, context: StageContext): Promise<StageResult> {
  const result = await logStage(input, { ...context, config: { ...context.config, mode: 'lossless' } });
  return typeof result === 'string' || !result.isLossy ? result : 'not_compressible';
}

/** Extracts from `source`, which is the input or what blobs have left of it. */
function extract(
  input: StageInput,
  source: Pick<StageInput, 'text' | 'tokens'>,
  context: StageContext,
): StageResult {
  const { targetRatio, relevanceThreshold } = context.config.text;
  const { query, isLate } = context;
  const ranked = rankUnits(source.text, { query, relevanceThreshold, isLate });
  if (ranked === undefined) return 'deadline';
  const ratio = targetRatio * (1 + moreFor(ranked.density));
  const aim = source.tokens * ratio;
  let share = ratio;
  for (let round = 0; ; round++) {
    const extracted = extractText(source.text, ranked, share);
    if (extracted.isComplete) return 'not_smaller';
    const result = marked(input, context, extracted.text, 'text');
    if (round > 0 || typeof result === 'string' || result.tokens <= aim * SLACK || isLate()) return result;
    share *= aim / result.tokens;
  }
}

function moreFor(density: number): number {
  return Math.min(MOST_MORE, Math.max(0, density - PROSE_DENSITY) * MORE_BY_DENSITY);
}
