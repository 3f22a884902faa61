import { describe, expect, it } from 'vitest';
import { alignSystemPrompt } from './align-system-prompt.js';
import { compileSafePattern } from './safe-pattern.js';

describe('aligning a system prompt', () => {
  it('moves dates, times, UUIDs and session ids, each with the sentence that says what it is', () => {
    const prompt = [
      'You are a careful agent. Today is Monday, April 6, 2025.',
      'Session ID: 9f8e7d6c5b4a',
      'Request id: 550e8400-e29b-41d4-a716-446655440000',
      'Answer briefly.',
    ].join('\n');
    expect(alignSystemPrompt(prompt, [])).toBe(
      'You are a careful agent.\nAnswer briefly.\n\n[Context: Today is Monday, April 6, 2025. Session ID: 9f8e7d6c5b4a Request id: 550e8400-e29b-41d4-a716-446655440000]',
    );
  });

  it('gives two days the same prefix', () => {
    const prefix = (day: string) =>
      alignSystemPrompt(`Be kind.\nCurrent time: ${day} 10:00:00\nBe brief.`, [])?.split('[Context:')[0];
    expect(prefix('2025-04-06')).toBe(prefix('2025-04-07'));
  });

  it('leaves dates alone that belong to the text', () => {
    expect(alignSystemPrompt('The treaty of 1999-01-01 holds. Version 2.3.4.', [])).toBeUndefined();
  });

  it('moves what the given patterns match', () => {
    expect(alignSystemPrompt('You are on host web-17. Be kind.', ['You are on host \\S+'])).toBe(
      'Be kind.\n\n[Context: You are on host web-17.]',
    );
  });

  it('is done once', () => {
    const aligned = alignSystemPrompt('Be kind. Current Date: 2025-04-06', []);
    expect(aligned && alignSystemPrompt(aligned, [])).toBeUndefined();
  });

  it('reads a long prompt of one line in linear time', () => {
    expect(alignSystemPrompt('today '.repeat(200_000), ['today .* date .* x'])).toBeUndefined();
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
