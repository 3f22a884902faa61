import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '#libs/kernel';
import { answerAddresses, nextAnswerAddress } from './answer-addresses.js';

const room = { operation: 'chat.completions' };
const calling = (id: string, given = '{}'): Message => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'book', arguments: given } }],
});
const user = (content: string): Message => ({ role: 'user', content });
const result = (id: string): Message => ({ role: 'tool', tool_call_id: id, content: 'done' });

const messages = fc.array(
  fc.oneof(
    fc.constantFrom('Go on.', 'Book it.').map(user),
    fc.constantFrom('a', 'b').map((id) => calling(id)),
    fc.constantFrom('a', 'b').map(result),
    fc.constant<Message>({ role: 'assistant', content: 'Hm.' }),
    fc.constant<Message>({ role: 'system', content: 'Be brief.' }),
  ),
  { maxLength: 12 },
);

const lastOf = (conversation: readonly Message[]): string | undefined =>
  answerAddresses(conversation, room).get(conversation.length - 1);

describe('the address of an answer', () => {
  it('is known before the client brings the answer along, and stays whatever comes after', () => {
    fc.assert(
      fc.property(messages, messages, fc.string(), (before, after, id) => {
        const address = nextAnswerAddress(before, id, room);
        const conversation = [...before, calling(id), result(id), ...after];
        expect(answerAddresses(conversation, room).get(before.length)).toBe(address);
      }),
    );
  });

  it('outlives a client that cuts off what came before the user’s last words', () => {
    fc.assert(
      fc.property(messages, messages, (before, since) => {
        const turn = [user('Book it.'), ...since.filter(({ role }) => role !== 'user'), calling('c')];
        expect(lastOf([...before, ...turn])).toBe(lastOf(turn));
      }),
    );
  });

  it('outlives a client that writes arguments, texts and system prompts its own way', () => {
    const asked = [{ role: 'system', content: 'It is 9:00.' }, user('Book it.')];
    const later = [
      { role: 'system', content: 'It is 9:01.' },
      { role: 'user', content: [{ type: 'text', text: 'Book it.' }] },
    ];
    const answer = { ...calling('c', '{"seat": 1}'), content: 'Sure.' };
    expect(lastOf([...asked, calling('c', '{"seat":1}')])).toBe(lastOf([...later, answer]));
  });

  it('tells apart the same id after other words, later in the same turn, in another session or operation', () => {
    const addresses = [
      nextAnswerAddress([user('Book it.')], 'call_0', room),
      nextAnswerAddress([user('Book more.')], 'call_0', room),
      nextAnswerAddress([user('Book it.'), calling('call_0'), result('call_0')], 'call_0', room),
      nextAnswerAddress([user('Book it.')], 'call_1', room),
      nextAnswerAddress([user('Book it.')], 'call_0', { ...room, sessionId: 's' }),
      nextAnswerAddress([user('Book it.')], 'call_0', { operation: 'messages' }),
    ];
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it('is only that of an answer that calls a tool, whatever the client sends in its place', () => {
    const odd = [null, 'x', [], [null], [{}], [{ id: 7 }]].map(
      (tool_calls) => ({ role: 'assistant', tool_calls }) as unknown as Message,
    );
    expect(answerAddresses([user('Hi'), ...odd, { role: 'assistant', content: 'Hm.' }], room).size).toBe(0);
  });
});
