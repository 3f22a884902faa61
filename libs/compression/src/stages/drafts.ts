import type { StageContext, StageInput, StageOutput, StageResult } from './stage.js';

/** What a stage wrote, before its tokens are counted. */
export type Draft = Omit<StageOutput, 'tokens'>;

/** Leaving something out is only worth it when it makes the text clearly smaller than the lossless form. */
export const LOSSY_SHARE = 0.85;

export interface Drafts {
  readonly lossy: Draft | undefined;
  /** Writes the lossless form; it takes time, and may find that there is none. */
  readonly lossless: () => Draft | undefined;
  /** Below this share of the text hardly any lossless form can come: none is written to compare with. */
  readonly surelySmaller: number;
}

/** The lossless form, or the lossy one where that is clearly smaller. */
export function smallerDraft(drafts: Drafts, input: StageInput, context: StageContext): StageResult {
  const result = firstSmaller(worthTrying(drafts, input.text.length), input, context);
  return result === 'not_smaller' && context.isLate() ? 'deadline' : result;
}

function worthTrying({ lossy, lossless, surelySmaller }: Drafts, length: number): Draft[] {
  if (lossy !== undefined && lossy.text.length < length * surelySmaller) return [lossy];
  const written = lossless();
  const shortest = Math.min(written?.text.length ?? length, length);
  const isWorthIt = lossy !== undefined && lossy.text.length < shortest * LOSSY_SHARE;
  return [...(isWorthIt ? [lossy] : []), ...(written === undefined ? [] : [written])];
}

/** The first draft that is shorter than the text and has fewer tokens. */
export function firstSmaller(
  drafts: readonly Draft[],
  input: StageInput,
  context: StageContext,
): StageOutput | 'not_smaller' {
  for (const draft of drafts) {
    if (draft.text.length >= input.text.length) continue;
    const output = withTokens(draft, input, context);
    if (output !== 'not_smaller') return output;
  }
  return 'not_smaller';
}

/** The draft as an output, where it has fewer tokens than the text. */
export function withTokens(
  draft: Draft,
  input: StageInput,
  { counter }: StageContext,
): StageOutput | 'not_smaller' {
  const tokens = counter.countText(draft.text);
  return tokens < input.tokens ? { ...draft, tokens } : 'not_smaller';
}

/** A draft of which nothing is left out. */
export function losslessDraft(text: string, name: string, items: number): Draft {
  return { text, name, isLossy: false, itemsBefore: items, itemsAfter: items };
}
