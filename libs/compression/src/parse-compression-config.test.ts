import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeConfig, DEFAULT_COMPRESSION_CONFIG, parseCompressionConfig } from './index.js';

describe('reading the configuration of a request', () => {
  it('reads the documented keys', () => {
    const { config, faults } = parseCompressionConfig({
      mode: 'lossless',
      compress_user_messages: true,
      frozen_message_count: 3,
      protect_recent: 6,
      smart_crusher: {
        max_items_after_crush: 50,
        min_tokens_to_crush: 100,
        variance_threshold: 3,
        relevance: { relevance_threshold: 0.5 },
      },
      cache_aligner: { enabled: false, dynamic_patterns: ['Today is \\w+ \\d+, \\d{4}'] },
      tool_profiles: { search: { skip_compression: true, max_items_after_crush: 25 } },
      session_id: 'unknown here',
      default_mode: 'simulate',
    });
    expect(faults).toEqual([]);
    expect(config).toEqual({
      mode: 'lossless',
      compressUserMessages: true,
      frozenMessageCount: 3,
      protectRecentCode: 6,
      smartCrusher: {
        maxItemsAfterCrush: 50,
        minTokensToCrush: 100,
        anomalyStdThreshold: 3,
        relevanceThreshold: 0.5,
      },
      cacheAligner: { enabled: false, datePatterns: ['Today is \\w+ \\d+, \\d{4}'] },
      toolProfiles: { search: { skipCompression: true, maxItemsAfterCrush: 25 } },
    });
    expect(completeConfig(config).smartCrusher).toMatchObject({ maxItemsAfterCrush: 50, keepFirst: 3 });
  });

  it('reads both spellings', () => {
    expect(parseCompressionConfig({ protect_recent_code: 2 }).config).toEqual(
      parseCompressionConfig({ protect_recent: 2 }).config,
    );
    expect(parseCompressionConfig({ skip_user_messages: false }).config.compressUserMessages).toBe(true);
    expect(parseCompressionConfig({ ccr: { inject_retrieval_marker: false } }).config.mode).toBe(
      'lossy_inline',
    );
  });

  it('names what it cannot read and goes on without it', () => {
    const { config, faults } = parseCompressionConfig({
      mode: 'fast',
      frozen_message_count: -1,
      smart_crusher: { keep_first: 'three', keep_last: 4 },
      cache_aligner: { date_patterns: ['(a+)+$', 'ok \\d+'] },
    });
    expect(faults.map(({ path }) => path)).toEqual([
      'frozen_message_count',
      'mode',
      'smart_crusher.keep_first',
      'cache_aligner.date_patterns[0]',
    ]);
    expect(config).toEqual({ smartCrusher: { keepLast: 4 }, cacheAligner: { datePatterns: ['ok \\d+'] } });
  });

  it('takes anything without an exception', () => {
    const keys = fc.constantFrom(
      'smart_crusher',
      'tool_profiles',
      'mode',
      'ccr',
      '__proto__',
      'cache_aligner',
      'protect_recent',
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(keys, fc.jsonValue())), (json) => {
        expect(completeConfig(parseCompressionConfig(json).config).smartCrusher.keepFirst).toBeTypeOf(
          'number',
        );
      }),
    );
    expect(completeConfig(parseCompressionConfig(undefined).config)).toEqual(DEFAULT_COMPRESSION_CONFIG);
  });
});
