import type { CompressionSettings } from '#libs/compression';

/** Documented as `compress_threshold`: what is over by at most this part of the budget may yet be compressed to fit. */
const COMPRESS_THRESHOLD = 0.1;

/** Fewer items, matches, sentences and lines than by default; what is left out stays retrievable as ever. */
const DEEPER = {
  protectRecentCode: 0,
  smartCrusher: { maxItemsAfterCrush: 8, minTokensToCrush: 100 },
  search: { maxResults: 20 },
  diff: { contextLines: 0 },
  code: { maxBodyLines: 2, minTokensForCompression: 50 },
  text: { targetRatio: 0.25 },
} as const satisfies CompressionSettings;

/** Whether so many tokens are over the budget, and so few that harder compression may make them fit. */
export function isWithinReach(tokens: number, budget: number): boolean {
  return tokens > budget && tokens <= budget * (1 + COMPRESS_THRESHOLD);
}

/** Settings that leave less, wherever the request does not say otherwise. */
export function deeperCompression(settings: CompressionSettings = {}): CompressionSettings {
  return {
    ...DEEPER,
    ...settings,
    smartCrusher: { ...DEEPER.smartCrusher, ...settings.smartCrusher },
    search: { ...DEEPER.search, ...settings.search },
    diff: { ...DEEPER.diff, ...settings.diff },
    code: { ...DEEPER.code, ...settings.code },
    text: { ...DEEPER.text, ...settings.text },
  };
}
