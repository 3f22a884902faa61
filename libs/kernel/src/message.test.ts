import { describe, expect, it } from 'vitest';
import { lastUserText, textOf, type Message } from './index.js';

describe('the text of a message', () => {
  it('is its content, or its text parts line by line', () => {
    expect(textOf({ role: 'user', content: 'plain' })).toBe('plain');
    const content = [{ type: 'text', text: 'one' }, { type: 'image_url' }, { type: 'text', text: 'two' }];
    expect(textOf({ role: 'user', content })).toBe('one\ntwo');
  });

  it('is empty without content', () => {
    expect(textOf({ role: 'assistant', content: null })).toBe('');
    expect(textOf({ role: 'assistant' })).toBe('');
  });
});

describe('the last words of the user', () => {
  const messages: Message[] = [
    { role: 'user', content: 'first' },
    { role: 'assistant', content: 'answer' },
    { role: 'user', content: 'second' },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'data' }] },
    { role: 'user', content: '  ' },
  ];

  it('are not tool results, and not blank', () => {
    expect(lastUserText(messages)).toBe('second');
  });

  it('are looked for up to an index', () => {
    expect(lastUserText(messages, 1)).toBe('first');
    expect(lastUserText([], 5)).toBe('');
  });
});
