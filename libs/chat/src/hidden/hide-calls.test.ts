import { describe, expect, it } from 'vitest';
import { OpenAiDialect } from '../openai/openai-dialect.js';
import { hideCalls, type AnsweredRound, type WriteCall } from './hide-calls.js';

const write: WriteCall = (result) => new OpenAiDialect().writeCall(result);

function answered(
  id: string,
  given: string,
  content: string,
  more: Partial<AnsweredRound[number]> = {},
): AnsweredRound[number] {
  const sent = { id, type: 'function', function: { name: 'memory', arguments: given } };
  return { call: { id, name: 'memory', arguments: given, sent }, content, after: 0, ...more };
}
const search = answered('s', '{"query":"job"}', '{"memories":[{"id":"mem_1","content":"works at Initech"}]}');
const list = answered('l', '{}', '{"memories":[]}');
const erase = answered('d', '{"memory_id":"mem_1","reason":"secret job"}', '{"memory_id":"mem_1"}', {
  keptArguments: '{"memory_id":"mem_1"}',
  erased: 'mem_1',
});

describe('what is kept of answered calls', () => {
  it('are their calls and results, each at its place', () => {
    const { earlier, beside } = hideCalls([[search]], [{ ...list, after: 2 }], write);
    expect(earlier).toEqual([
      [
        {
          after: 0,
          call: '{"id":"s","type":"function","function":{"name":"memory","arguments":"{\\"query\\":\\"job\\"}"}}',
          result: `{"role":"tool","tool_call_id":"s","content":${JSON.stringify(search.content)}}`,
        },
      ],
    ]);
    expect(beside).toMatchObject([{ after: 2 }]);
  });

  it('is no call that names what another one erased, and no reason for that', () => {
    const hidden = hideCalls([[search], [search, list]], [erase], write);
    expect(hidden.earlier).toMatchObject([[{ result: expect.stringContaining('"l"') as string }]]);
    expect(hidden.beside).toHaveLength(1);
    expect(JSON.stringify(hidden)).not.toMatch(/Initech|secret job/);
  });

  it('keeps every field of a call as the provider wrote it', () => {
    const call = { ...list.call, sent: { ...list.call.sent, extra_content: { signature: 'x' } } };
    const { beside } = hideCalls([], [{ ...list, call }], write);
    expect(beside[0]?.call).toContain('"extra_content":{"signature":"x"}');
  });
});
