import { linesMarker } from '#libs/ccr';
import { type Part, splitParts } from '../../router/split-parts.js';
import type { Stage, StageContext, StageResult } from '../stage.js';

/** Shorter parts stay as they are: their forms would cost more to read than they save. */
const MIN_PART_TOKENS = 50;
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

async function compressPart({ role, text }: Part, context: StageContext): Promise<StageResult> {
  const content = text.trim();
  if (role === 'frame' || context.counter.countText(content) < MIN_PART_TOKENS) return 'below_min_tokens';
  return context.route(content, context);
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
