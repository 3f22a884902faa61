import { describe, expect, it } from 'vitest';
import { DEFAULT_COMPRESSION_CONFIG, type CacheAlignerConfig } from '../../compression-config.js';
import { alignSystemPrompt as alignWith } from './align-system-prompt.js';
import { compileSafePattern } from './safe-pattern.js';

const align = (prompt: string, settings: Partial<CacheAlignerConfig> = {}): string | undefined =>
  alignWith(prompt, { ...DEFAULT_COMPRESSION_CONFIG.cacheAligner, ...settings });

describe('aligning a system prompt', () => {
  it('moves dates, times, UUIDs and session ids, each with the sentence that says what it is', () => {
    const prompt = [
      'You are a careful agent. Today is Monday, April 6, 2025.',
      'Session ID: 9f8e7d6c5b4a',
      'Request id: 550e8400-e29b-41d4-a716-446655440000',
      'Answer briefly.',
    ].join('\n');
    expect(align(prompt)).toBe(
      'You are a careful agent.\nAnswer briefly.\n\n[Context: Today is Monday, April 6, 2025. Session ID: 9f8e7d6c5b4a Request id: 550e8400-e29b-41d4-a716-446655440000]',
    );
  });

  it('gives two days the same prefix', () => {
    const prefix = (day: string) =>
      align(`Be kind.\nCurrent time: ${day} 10:00:00\nBe brief.`)?.split('[Context:')[0];
    expect(prefix('2025-04-06')).toBe(prefix('2025-04-07'));
  });

  it('leaves dates alone that belong to the text', () => {
    expect(align('The treaty of 1999-01-01 holds. Version 2.3.4.')).toBeUndefined();
  });

  it('moves what the given patterns match', () => {
    expect(align('You are on host web-17. Be kind.', { datePatterns: ['You are on host \\S+'] })).toBe(
      'Be kind.\n\n[Context: You are on host web-17.]',
    );
  });

  it.each([
    'Today is Monday.',
    "Today's date: 9/30/2025",
    'It is now 4 pm in Berlin.',
    'The current time is 2024-05-15 15:00:00 EST.',
    'request_id=req_8f14e45f',
  ])('moves %s', (sentence) => {
    expect(align(`Be kind.\n${sentence}\nBe brief.`)).toBe(`Be kind.\nBe brief.\n\n[Context: ${sentence}]`);
  });

  it.each([
    'We are open on Monday.',
    'The deadline of May 5 holds.',
    'Reply within 10 minutes, now and then.',
    'Use the session id that the user names.',
  ])('leaves alone: %s', (sentence) => {
    expect(align(`Be kind.\n${sentence}`)).toBeUndefined();
  });

  it('puts the separator of the settings before the tail', () => {
    expect(align('Current Date: 2025-04-06. Be kind.', { dynamicTailSeparator: '\n---\n' })).toBe(
      'Be kind.\n---\n[Context: Current Date: 2025-04-06.]',
    );
  });

  it('leaves the label away where there is no room for it, and changes nothing twice', () => {
    const prompt = 'Today is May 5, 2025. Be kind.';
    const shorter = (text: string) => text.length <= prompt.length;
    const { cacheAligner } = DEFAULT_COMPRESSION_CONFIG;
    expect(alignWith(prompt, cacheAligner, shorter)).toBe('Be kind.\nToday is May 5, 2025.');
    expect(alignWith('Be kind.\nToday is May 5, 2025.', cacheAligner, shorter)).toBeUndefined();
  });

  it('evens out white space when told to, but not in code', () => {
    const prompt = 'Be  kind. \n\n\n\n  - and   brief\n```\na  =  1\n\n\nb\n```';
    expect(align(prompt)).toBeUndefined();
    expect(align(prompt, { normalizeWhitespace: true })).toBe(
      'Be kind.\n\n\n\n  - and brief\n```\na  =  1\n\n\nb\n```',
    );
    expect(align(prompt, { collapseBlankLines: true })).toBe(
      'Be  kind. \n\n  - and   brief\n```\na  =  1\n\n\nb\n```',
    );
  });

  it('is done once', () => {
    const aligned = align('Be kind. Current Date: 2025-04-06');
    expect(aligned && align(aligned)).toBeUndefined();
  });

  it('reads a long prompt of one line in linear time', () => {
    expect(align('today '.repeat(200_000), { datePatterns: ['today .* date .* x'] })).toBeUndefined();
  });
});

describe('patterns from outside', () => {
  it.each([
    'Today is \\w+ \\d+, \\d{4}',
    'Current time: .*',
    'Session ID: [a-f0-9-]+',
    '(?i)today',
    '(?:Mon|Tue) \\d+',
  ])('takes %s', (source) => {
    expect(compileSafePattern(source)).toBeInstanceOf(RegExp);
  });

  it.each([
    '(a+)+$',
    '(a|aa)*b',
    '(.*)(.*)(.*)(.*)x',
    '(\\w+)\\1',
    '(?=a)',
    '(a{1,9}){1,9}',
    '(',
    '',
    'x'.repeat(300),
  ])('refuses %s', (source) => {
    expect(compileSafePattern(source)).toBeUndefined();
  });
});
