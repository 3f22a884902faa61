import { describe, expect, it } from 'vitest';
import { messagesIn, withMessages } from './message-array.js';

describe('an array of messages', () => {
  it.each([
    ['OpenAI’s', '[{"role":"user","content":"hi"},{"role":"tool","tool_call_id":"c","content":"[]"}]'],
    ['a call without content', ' [ {"role":"assistant","content":null,"tool_calls":[]}]'],
    ['Anthropic’s', '[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"x"}]}]'],
  ])('is known by its shape: %s', (_name, text) => {
    expect(messagesIn(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['users, each with a role and a text', '[{"role":"admin","content":"x"}]'],
    ['people without contents', '[{"name":"Ann","role":"user"}]'],
    ['some messages among other things', '[{"role":"user","content":"hi"},{"id":1}]'],
    ['one message', '{"role":"user","content":"hi"}'],
    ['an empty array', '[]'],
    ['no JSON', '[{"role":"user","content":"hi"}'],
    ['a text about messages', 'what "role" means: [{"role":"user","content":"hi"}]'],
  ])('is not: %s', (_name, text) => {
    expect(messagesIn(text)).toBeUndefined();
  });

  it('keeps the text of each message that is not replaced', () => {
    const text = '[ {"role": "user", "content": "x", "n": 1.0},\n {"role":"tool","content":"long"} ]';
    expect(withMessages(text, [undefined, { role: 'tool', content: 's' }])).toBe(
      '[{"role": "user", "content": "x", "n": 1.0},{"role":"tool","content":"s"}]',
    );
    expect(withMessages(text, [undefined, undefined])).toBe(text);
  });
});
