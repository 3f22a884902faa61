import type { Provider } from './known-models.js';

/** OpenAI's choices; `auto` counts as `high`, which it may become. */
export type ImageDetail = 'low' | 'high' | 'auto';

/**
 * Tokens that an image of `width` × `height` pixels costs as input. Only OpenAI knows a `detail`; a provider that is
 * not known is taken for OpenAI.
 */
export function imageTokens(
  provider: Provider,
  width: number,
  height: number,
  detail: ImageDetail = 'auto',
): number {
  const size = { width: pixels(width), height: pixels(height) };
  if (provider === 'anthropic') return anthropicTokens(size);
  if (provider === 'google') return geminiTokens(size);
  return openaiTokens(size, detail);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Source: OpenAI, "Images and vision", costs of tile-based models such as GPT-4o. */
const OPENAI_BASE = 85;
const OPENAI_TILE = 170;
const OPENAI_TILE_PIXELS = 512;
const OPENAI_LONG_SIDE = 2048;
const OPENAI_SHORT_SIDE = 768;

function openaiTokens(size: Size, detail: ImageDetail): number {
  if (detail === 'low') return OPENAI_BASE;
  const fitted = scaled(size, OPENAI_LONG_SIDE / Math.max(size.width, size.height));
  const final = scaled(fitted, OPENAI_SHORT_SIDE / Math.min(fitted.width, fitted.height));
  return OPENAI_BASE + OPENAI_TILE * tiles(final, OPENAI_TILE_PIXELS);
}

/** Source: Anthropic, "Vision": images are scaled down to a long side of 1,568 pixels and to about 1,600 tokens. */
const ANTHROPIC_LONG_SIDE = 1568;
const ANTHROPIC_PIXELS_PER_TOKEN = 750;
const ANTHROPIC_MOST = 1600;

function anthropicTokens(size: Size): number {
  const { width, height } = scaled(size, ANTHROPIC_LONG_SIDE / Math.max(size.width, size.height));
  const tokens = Math.floor((width * height) / ANTHROPIC_PIXELS_PER_TOKEN);
  return Math.min(Math.max(tokens, 1), ANTHROPIC_MOST);
}

/** Source: Google, "Understand and count tokens": small images are one tile whatever their shape. */
const GEMINI_TILE = 258;
const GEMINI_TILE_PIXELS = 768;
const GEMINI_SMALL = 384;

function geminiTokens(size: Size): number {
  if (size.width <= GEMINI_SMALL && size.height <= GEMINI_SMALL) return GEMINI_TILE;
  return GEMINI_TILE * tiles(size, GEMINI_TILE_PIXELS);
}

function tiles({ width, height }: Size, side: number): number {
  return Math.ceil(width / side) * Math.ceil(height / side);
}

/** Scales down only, to whole pixels. */
function scaled({ width, height }: Size, factor: number): Size {
  if (factor >= 1) return { width, height };
  return { width: pixels(width * factor), height: pixels(height * factor) };
}

/** More pixels than any provider takes; a header may claim anything. */
const MOST_PIXELS = 100_000;

function pixels(length: number): number {
  return Number.isFinite(length) ? Math.min(Math.max(Math.round(length), 1), MOST_PIXELS) : 1;
}
