import { describe, expect, it } from 'vitest';
import type { Message } from '#libs/kernel';
import { compressibleTexts, replaceTexts } from './message-texts.js';

describe('the texts of a message that may be compressed', () => {
  it('are its tool results, alone or as text blocks', () => {
    const blocks = [{ type: 'text', text: 'one' }, { type: 'image' }, { type: 'text', text: 'two' }];
    const message: Message = {
      role: 'user',
      content: [
        { type: 'text', text: 'asked' },
        { type: 'tool_result', tool_use_id: 'call_1', content: blocks },
      ],
    };
    const found = (userTexts: boolean) => compressibleTexts(message, userTexts).map(({ text }) => text);
    expect(found(false)).toEqual(['one', 'two']);
    expect(found(true)).toEqual(['asked', 'one', 'two']);
  });

  it.each([[null], ['text'], [7], [[]]])('leaves %j inside a tool result as it is', (block) => {
    const content = [{ type: 'tool_result', tool_use_id: 'call_1', content: [block] }];
    const message: Message = { role: 'user', content };
    expect(replaceTexts(message, false, () => 'replaced')).toEqual(message);
  });
});
