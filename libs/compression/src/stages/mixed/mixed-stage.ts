import { linesMarker } from '#libs/ccr';
import { type Part, splitParts } from '../../router/split-parts.js';
import type { Stage, StageContext, StageResult } from '../stage.js';

/** In a page as short as this, what its links lead to tells more than the words on them. */
const SHORT_PAGE_TOKENS = 600;
/** A text put together of parts cannot be read back, so it must be clearly smaller. */
const LOSSY_SHARE = 0.9;

/** Text of several kinds: each part as its kind asks for, what frames the parts as it is, one marker for the whole. */
export const mixedStage: Stage = async (input, context) => {
  // Forms without loss are read back by their first line alone, so a text with one inside it is not without loss.
  if (context.config.mode === 'lossless') return 'not_smaller';
  const inner: StageContext = { ...context, config: { ...context.config, mode: 'lossy_inline' } };
  const parts: string[] = [];
  let isChanged = false;
  for (const part of splitParts(input.text)) {
    if (context.isLate()) return 'deadline';
    const output = await compressPart(part, inner);
    if (typeof output !== 'string') isChanged = true;
    parts.push(typeof output === 'string' ? part.text : framed(part.text, output.text));
  }
  if (!isChanged) return 'not_smaller';
  const joined = parts.join('');
  const before = countLines(input.text);
  const after = countLines(joined);
  const marker = context.config.mode === 'ccr' ? linesMarker(before, after, context.originalHash) : '';
  const text = marker === '' ? joined : `${joined.trimEnd()}\n${marker}`;
  const tokens = context.counter.countText(text);
  if (tokens > input.tokens * LOSSY_SHARE) return 'not_smaller';
  return { text, tokens, name: 'mixed', isLossy: true, itemsBefore: before, itemsAfter: after };
};

/** A part that would stay as it is by itself stays so beside others. */
async function compressPart({ role, text }: Part, context: StageContext): Promise<StageResult> {
  if (role === 'frame') return 'below_min_tokens';
  const content = text.trim();
  const { config, counter } = context;
  const tokens = counter.countText(content);
  if (tokens < config.smartCrusher.minTokensToCrush) return 'below_min_tokens';
  if (tokens >= SHORT_PAGE_TOKENS) return context.route(content, context);
  const html = { ...config.html, includeLinks: true };
  return context.route(content, { ...context, config: { ...config, html } });
}

/** The white space around a part belongs to the whole. */
function framed(original: string, text: string): string {
  const start = original.length - original.trimStart().length;
  const end = original.trimEnd().length;
  return original.slice(0, start) + text.trim() + original.slice(end);
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
