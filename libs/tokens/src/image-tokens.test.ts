import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageTokens, type ImageDetail, type Provider } from './index.js';

describe('the tokens of an image', () => {
  it.each<[Provider, number, number, ImageDetail, number]>([
    // The providers' own examples, and those of the documentation.
    ['openai', 1024, 1024, 'high', 765],
    ['openai', 1024, 1024, 'low', 85],
    ['openai', 2048, 4096, 'high', 1105],
    ['openai', 4096, 8192, 'low', 85],
    ['openai', 512, 512, 'auto', 255],
    ['anthropic', 1024, 1024, 'auto', 1398],
    ['anthropic', 512, 512, 'auto', 349],
    ['anthropic', 200, 200, 'auto', 53],
    ['google', 1536, 1536, 'auto', 1032],
    ['google', 768, 768, 'auto', 258],
    ['google', 384, 384, 'auto', 258],
    ['unknown', 1024, 1024, 'auto', 765],
  ])('for %s at %i × %i, detail %s, are %i', (provider, width, height, detail, tokens) => {
    expect(imageTokens(provider, width, height, detail)).toBe(tokens);
  });

  it('stop growing where Anthropic scales images down', () => {
    expect(imageTokens('anthropic', 1568, 1568)).toBe(1600);
    expect(imageTokens('anthropic', 20_000, 2000)).toBe(imageTokens('anthropic', 1568, 157));
  });

  it('are a whole number for any size', () => {
    const length = fc.oneof(fc.double(), fc.integer(), fc.nat(5000));
    fc.assert(
      fc.property(
        fc.constantFrom<Provider>('openai', 'anthropic', 'google', 'unknown'),
        length,
        length,
        (provider, width, height) => {
          const tokens = imageTokens(provider, width, height);
          expect(Number.isSafeInteger(tokens) && tokens > 0).toBe(true);
        },
      ),
    );
  });
});
