import { describe, expect, it } from 'vitest';
import { asksForAnalysis } from './asks-for-analysis.js';

describe('asking for an analysis', () => {
  it.each([
    'Please analyze this',
    'Analysing the parser, what stands out?',
    'review my change',
    'Can you EXPLAIN the loop?',
    'fix the bug',
    'it needs debugging',
    'Refactored enough?',
    'walk me through it',
  ])('hears it in %j', (query) => {
    expect(asksForAnalysis(query)).toBe(true);
  });

  it.each(['', 'Which files are there?', 'add a prefix', 'a fixture for the preview', 'list the suffixes'])(
    'hears none in %j',
    (query) => {
      expect(asksForAnalysis(query)).toBe(false);
    },
  );
});
