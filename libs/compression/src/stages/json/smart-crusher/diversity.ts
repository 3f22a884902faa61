import { deflateRawSync } from 'node:zlib';

/** Items that pack this much better than a spread sample of as many are too much alike to stand for all. */
const ALIKE = 0.85;
const SAMPLE_CHARACTERS = 400;

/**
 * True when a choice of items shows as much variety as the same number of items spread over the whole does: what
 * repeats itself packs better (zlib).
 */
export function isDiverse(items: readonly string[], chosen: readonly number[]): boolean {
  if (chosen.length < 2 || chosen.length >= items.length) return true;
  const step = items.length / chosen.length;
  const spread = chosen.map((_, place) => Math.floor((place + 0.5) * step));
  const ownRatio = packedShare(items, chosen);
  return ownRatio >= packedShare(items, spread) * ALIKE;
}

function packedShare(items: readonly string[], positions: readonly number[]): number {
  const text = Buffer.from(
    positions.map((position) => (items[position] ?? '').slice(0, SAMPLE_CHARACTERS)).join('\n'),
  );
  return text.length === 0 ? 1 : deflateRawSync(text, { level: 1 }).length / text.length;
}
