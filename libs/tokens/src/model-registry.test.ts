import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeadroomError } from '#libs/kernel';
import { ModelRegistry, parseModelOverrides } from './index.js';

describe('ModelRegistry', () => {
  const registry = new ModelRegistry();

  it.each([
    ['gpt-4o', 'openai', 128_000, 'o200k_base'],
    ['gpt-4o-2024-08-06', 'openai', 128_000, 'o200k_base'],
    ['openrouter/openai/gpt-4o-mini', 'openai', 128_000, 'o200k_base'],
    ['gpt-3.5-turbo', 'openai', 16_385, 'cl100k_base'],
    ['claude-sonnet-4-20250514', 'anthropic', 200_000, 'o200k_base'],
    ['models/gemini-2.5-pro', 'google', 1_048_576, 'o200k_base'],
  ])('knows %s', (model, provider, contextLimit, encoding) => {
    expect(registry.describe(model)).toMatchObject({
      model,
      provider,
      contextLimit,
      encoding,
      inferred: false,
    });
  });

  it.each([
    ['claude-9-opus', 'anthropic', 200_000, 15],
    ['anthropic.claude-next-sonnet-v1:0', 'anthropic', 200_000, 3],
    ['gpt-4o-audio-something', 'openai', 128_000, 2.5],
    ['o3-deep-thought', 'openai', 200_000, 2],
    ['ft:gpt-4o-mini-2024-07-18:my-org::abc', 'openai', 128_000, 0.15],
  ])('infers %s from its name', (model, provider, contextLimit, inputPerMillion) => {
    expect(registry.describe(model)).toMatchObject({
      provider,
      contextLimit,
      pricing: { inputPerMillion },
      inferred: true,
    });
  });

  it('is cautious about a model that it does not know', () => {
    expect(registry.describe('llama-4')).toEqual({
      model: 'llama-4',
      provider: 'unknown',
      contextLimit: 128_000,
      encoding: 'o200k_base',
      exactTokens: false,
      inferred: true,
    });
    expect(registry.describe(undefined).contextLimit).toBe(128_000);
  });

  it('describes any name', () => {
    fc.assert(
      fc.property(fc.string(), (model) => {
        expect(registry.describe(model).contextLimit).toBeGreaterThan(0);
      }),
    );
  });

  it('lets configuration override limits and prices', () => {
    const overridden = new ModelRegistry(
      parseModelOverrides({
        anthropic: {
          context_limits: { 'claude-custom-finetune': 90_000 },
          pricing: { 'claude-custom-finetune': { input: 15, output: 75, cached_input: 1.5 } },
        },
        openai: { context_limits: { 'gpt-5': 256_000 } },
      }),
    );
    expect(overridden.describe('claude-custom-finetune')).toMatchObject({
      provider: 'anthropic',
      contextLimit: 90_000,
      pricing: { inputPerMillion: 15, outputPerMillion: 75, cachedInputPerMillion: 1.5 },
      exactTokens: false,
      inferred: false,
    });
    expect(overridden.describe('gpt-5')).toMatchObject({
      contextLimit: 256_000,
      pricing: { inputPerMillion: 1.25 },
    });
  });
});

describe('parseModelOverrides', () => {
  it('names all faults together', () => {
    const parse = () =>
      parseModelOverrides({
        openai: { context_limits: { a: -1, b: 'x' }, pricing: { c: { input: 1 } } },
        google: 7,
      });
    expect(parse).toThrow(HeadroomError);
    expect(parse).toThrow(/context_limits\.a .*context_limits\.b .*pricing\.c .*google/s);
  });

  it('rejects what is not an object and accepts an empty one', () => {
    expect(() => parseModelOverrides([])).toThrow(HeadroomError);
    expect(parseModelOverrides({}).size).toBe(0);
  });

  it('either parses or throws a coded error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          expect(parseModelOverrides(json)).toBeInstanceOf(Map);
        } catch (error) {
          expect(error).toBeInstanceOf(HeadroomError);
        }
      }),
    );
  });
});
