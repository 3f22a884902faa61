import type { EncodingName } from './encodings.js';
import {
  KNOWN_MODELS,
  MODEL_PATTERNS,
  UNKNOWN_MODEL,
  type KnownModel,
  type ModelPricing,
  type Provider,
} from './known-models.js';
import type { ModelOverrides } from './model-overrides.js';

export type { ModelPricing, Provider } from './known-models.js';

export interface ModelDescription {
  /** As asked for; empty when none was named. */
  readonly model: string;
  readonly provider: Provider;
  /** Tokens of input and output together. */
  readonly contextLimit: number;
  readonly encoding: EncodingName;
  /** False when the tokenizer is not public, so that counts are estimates. */
  readonly exactTokens: boolean;
  readonly pricing?: ModelPricing | undefined;
  /** True when only the name's pattern is known, or nothing at all. */
  readonly inferred: boolean;
}

/** Knows models' limits and prices: built in, overridden by configuration, else inferred from the name. */
export class ModelRegistry {
  constructor(private readonly overrides: ModelOverrides = new Map()) {}

  /** Never fails: an unknown or missing model gets cautious defaults. */
  describe(model: string | undefined): ModelDescription {
    const name = model ?? '';
    const { model: base, inferred } = lookUp(name);
    const override = this.overrides.get(name) ?? this.overrides.get(nameWithoutRoute(name));
    if (override === undefined) return description(name, base, inferred);
    const known = {
      provider: override.provider === 'unknown' ? base.provider : override.provider,
      contextLimit: override.contextLimit ?? base.contextLimit,
      encoding: base.encoding,
      pricing: override.pricing ?? base.pricing,
    };
    return description(name, known, false);
  }
}

function description(model: string, known: KnownModel, inferred: boolean): ModelDescription {
  const { provider, contextLimit, encoding, pricing } = known;
  const exactTokens = provider === 'openai';
  return { model, provider, contextLimit, encoding, exactTokens, ...(pricing && { pricing }), inferred };
}

function lookUp(name: string): { model: KnownModel; inferred: boolean } {
  const plain = nameWithoutRoute(name).toLowerCase();
  const listed = KNOWN_MODELS.get(plain) ?? KNOWN_MODELS.get(nameWithoutVersion(plain));
  if (listed !== undefined) return { model: listed, inferred: false };
  const tuned = /^ft:([^:]+)/.exec(plain)?.[1];
  if (tuned !== undefined) return { model: lookUp(tuned).model, inferred: true };
  const match = MODEL_PATTERNS.find(({ pattern }) => pattern.test(plain));
  return { model: match?.model ?? UNKNOWN_MODEL, inferred: true };
}

/** `openrouter/openai/gpt-4o` and `models/gemini-2.5-pro` name the same models as their last part. */
function nameWithoutRoute(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Takes off what only dates a release: `-2024-08-06`, `-20250514`, `-preview`, `-latest`. */
function nameWithoutVersion(name: string): string {
  return name.replace(/-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest|preview)$/, '');
}
