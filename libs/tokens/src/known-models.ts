import type { EncodingName } from './encodings.js';

export type Provider = 'openai' | 'anthropic' | 'google' | 'unknown';

/** US dollars per million tokens. */
export interface ModelPricing {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
  readonly cachedInputPerMillion?: number | undefined;
}

export interface KnownModel {
  readonly provider: Provider;
  /** Tokens of input and output together. */
  readonly contextLimit: number;
  readonly encoding: EncodingName;
  readonly pricing?: ModelPricing | undefined;
}

function pricing(
  inputPerMillion: number,
  outputPerMillion: number,
  cachedInputPerMillion?: number,
): ModelPricing {
  return cachedInputPerMillion === undefined
    ? { inputPerMillion, outputPerMillion }
    : { inputPerMillion, outputPerMillion, cachedInputPerMillion };
}

function openai(
  contextLimit: number,
  price: ModelPricing,
  encoding: EncodingName = 'o200k_base',
): KnownModel {
  return { provider: 'openai', contextLimit, encoding, pricing: price };
}

function claude(price: ModelPricing): KnownModel {
  return { provider: 'anthropic', contextLimit: 200_000, encoding: 'o200k_base', pricing: price };
}

function gemini(contextLimit: number, price: ModelPricing): KnownModel {
  return { provider: 'google', contextLimit, encoding: 'o200k_base', pricing: price };
}

const OPUS = claude(pricing(15, 75, 1.5));
const OPUS_FROM_4_5 = claude(pricing(5, 25, 0.5));
const SONNET = claude(pricing(3, 15, 0.3));
const GPT_4O = openai(128_000, pricing(2.5, 10, 1.25));
const GPT_5 = openai(400_000, pricing(1.25, 10, 0.125));
const O1 = openai(200_000, pricing(15, 60, 7.5));
const O3 = openai(200_000, pricing(2, 8, 0.5));
const GEMINI_FLASH = gemini(1_048_576, pricing(0.3, 2.5, 0.03));
const GEMINI_PRO = gemini(1_048_576, pricing(1.25, 10, 0.125));

/** Limits and list prices as the providers publish them; `HEADROOM_MODEL_LIMITS` overrides any of them. */
export const KNOWN_MODELS: ReadonlyMap<string, KnownModel> = new Map([
  ['gpt-5', GPT_5],
  ['gpt-5-mini', openai(400_000, pricing(0.25, 2, 0.025))],
  ['gpt-5-nano', openai(400_000, pricing(0.05, 0.4, 0.005))],
  ['gpt-5-pro', openai(400_000, pricing(15, 120))],
  ['gpt-5-codex', GPT_5],
  ['gpt-5-chat', openai(128_000, pricing(1.25, 10, 0.125))],
  ['gpt-5.1', GPT_5],
  ['gpt-4.1', openai(1_047_576, pricing(2, 8, 0.5))],
  ['gpt-4.1-mini', openai(1_047_576, pricing(0.4, 1.6, 0.1))],
  ['gpt-4.1-nano', openai(1_047_576, pricing(0.1, 0.4, 0.025))],
  ['gpt-4.5', openai(128_000, pricing(75, 150, 37.5))],
  ['gpt-4o', GPT_4O],
  ['chatgpt-4o', openai(128_000, pricing(5, 15))],
  ['gpt-4o-mini', openai(128_000, pricing(0.15, 0.6, 0.075))],
  ['gpt-4-turbo', openai(128_000, pricing(10, 30), 'cl100k_base')],
  ['gpt-4', openai(8_192, pricing(30, 60), 'cl100k_base')],
  ['gpt-4-32k', openai(32_768, pricing(60, 120), 'cl100k_base')],
  ['gpt-3.5-turbo', openai(16_385, pricing(0.5, 1.5), 'cl100k_base')],
  ['o1', O1],
  ['o1-mini', openai(128_000, pricing(1.1, 4.4, 0.55))],
  ['o1-pro', openai(200_000, pricing(150, 600))],
  ['o3', O3],
  ['o3-mini', openai(200_000, pricing(1.1, 4.4, 0.55))],
  ['o3-pro', openai(200_000, pricing(20, 80))],
  ['o4-mini', openai(200_000, pricing(1.1, 4.4, 0.275))],
  ['claude-3-haiku', claude(pricing(0.25, 1.25, 0.03))],
  ['claude-3-5-haiku', claude(pricing(0.8, 4, 0.08))],
  ['claude-haiku-4-5', claude(pricing(1, 5, 0.1))],
  ['claude-3-sonnet', SONNET],
  ['claude-3-5-sonnet', SONNET],
  ['claude-3-7-sonnet', SONNET],
  ['claude-sonnet-4', SONNET],
  ['claude-sonnet-4-5', SONNET],
  ['claude-3-opus', OPUS],
  ['claude-opus-4', OPUS],
  ['claude-opus-4-1', OPUS],
  ['claude-opus-4-5', OPUS_FROM_4_5],
  ['gemini-3-pro', gemini(1_048_576, pricing(2, 12, 0.2))],
  ['gemini-2.5-pro', GEMINI_PRO],
  ['gemini-2.5-flash', GEMINI_FLASH],
  ['gemini-2.5-flash-lite', gemini(1_048_576, pricing(0.1, 0.4, 0.01))],
  ['gemini-2.0-flash', gemini(1_048_576, pricing(0.1, 0.4, 0.025))],
  ['gemini-2.0-flash-lite', gemini(1_048_576, pricing(0.075, 0.3))],
  ['gemini-1.5-pro', gemini(2_097_152, pricing(1.25, 5, 0.3125))],
  ['gemini-1.5-flash', gemini(1_048_576, pricing(0.075, 0.3, 0.01875))],
]);

export interface ModelPattern {
  readonly pattern: RegExp;
  readonly model: KnownModel;
}

/** What a name tells of a model that is not listed; the first match counts. The Claude, GPT-4o and o-rows are documented. */
export const MODEL_PATTERNS: readonly ModelPattern[] = [
  { pattern: /opus/, model: OPUS },
  { pattern: /sonnet/, model: SONNET },
  { pattern: /haiku/, model: claude(pricing(1, 5, 0.1)) },
  { pattern: /claude/, model: SONNET },
  { pattern: /^gpt-4o/, model: GPT_4O },
  { pattern: /^gpt-4\.1/, model: openai(1_047_576, pricing(2, 8, 0.5)) },
  { pattern: /^gpt-5/, model: GPT_5 },
  { pattern: /^gpt-4/, model: openai(128_000, pricing(10, 30), 'cl100k_base') },
  { pattern: /^gpt-3\.5/, model: openai(16_385, pricing(0.5, 1.5), 'cl100k_base') },
  { pattern: /^o1/, model: O1 },
  { pattern: /^o[3-9]/, model: O3 },
  { pattern: /^gemini.*pro/, model: GEMINI_PRO },
  { pattern: /^gemini/, model: GEMINI_FLASH },
];

/** A model whose name says nothing: a cautious window, an approximate count and no price. */
export const UNKNOWN_MODEL: KnownModel = {
  provider: 'unknown',
  contextLimit: 128_000,
  encoding: 'o200k_base',
};
