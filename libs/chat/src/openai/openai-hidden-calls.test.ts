import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '#libs/kernel';
import type { HiddenCall, HiddenCalls } from '../hidden/hidden-calls.js';
import { withHidden } from './openai-hidden-calls.js';

const callOf = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
const hiddenCall = (id: string, after = 0): HiddenCall => ({
  after,
  call: JSON.stringify(callOf(id)),
  result: JSON.stringify({ role: 'tool', tool_call_id: id, content: `of ${id}` }),
});
const restore = (text: string, hidden: readonly (readonly [number, HiddenCalls])[]): string => {
  const { messages } = JSON.parse(text) as { messages: Message[] };
  return withHidden({ text, messages }, new Map(hidden));
};
const messagesOf = (text: string): readonly Message[] =>
  (JSON.parse(text) as { messages: Message[] }).messages;

/** Which call ids an assistant message has, and the results that follow it. */
function pairsOf(messages: readonly Message[]): readonly (readonly [string[], string[]])[] {
  return messages.flatMap(({ role, tool_calls: calls }, i) => {
    if (role !== 'assistant' || calls === undefined) return [];
    const end = messages.findIndex((message, j) => j > i && message.role !== 'tool');
    const results = messages.slice(i + 1, end === -1 ? undefined : end);
    return [[calls.map(({ id }) => id), results.map(({ tool_call_id: id }) => id ?? '')] as const];
  });
}

const SHOWN = [
  '{ "messages" : [ {"role":"user","content":"caf\\u00e9"},',
  '{"role":"assistant","content":null, "n":1.0e3,"tool_calls":[ {"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}} ,',
  '{"id":"c2","type":"function","function":{"name":"f","arguments":"{}"}}]} ,',
  '{"role":"tool","tool_call_id":"c1","content":"1"}, {"role":"tool","tool_call_id":"c2","content":"2"} ,',
  '{"role":"user","content":"And?"}],"seed":12345678901234567890}',
].join('\n');

describe('calls that the client never saw', () => {
  it('stand where the model had made them, their results in the same order', () => {
    const beside = [hiddenCall('o1', 0), hiddenCall('o2', 1), hiddenCall('o3', 1), hiddenCall('o4', 2)];
    const restored = restore(SHOWN, [[1, { earlier: [], beside }]]);
    const inOrder = ['o1', 'c1', 'o2', 'o3', 'c2', 'o4'];
    expect(pairsOf(messagesOf(restored))).toEqual([[inOrder, inOrder]]);
    expect(restored).toContain('"n":1.0e3');
    expect(restored).toMatch(/"seed":12345678901234567890\}$/);
  });

  it('stand before their answer when they came in a round of their own', () => {
    const earlier = [[hiddenCall('e1')], [hiddenCall('e2'), hiddenCall('e3')]];
    const messages = messagesOf(restore(SHOWN, [[1, { earlier, beside: [] }]]));
    expect(messages.map(({ role }) => role).join(' ')).toBe(
      'user assistant tool assistant tool tool assistant tool tool user',
    );
    expect(pairsOf(messages)[1]).toEqual([
      ['e2', 'e3'],
      ['e2', 'e3'],
    ]);
  });

  const conversations = fc.array(
    fc.record({
      shown: fc.integer({ min: 1, max: 3 }),
      results: fc.integer({ min: 0, max: 3 }),
      says: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  );
  const hiddenParts = fc.record({
    earlier: fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 2 }),
    beside: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
  });

  it('each have one result, and every byte of the client’s stays, in whatever history', () => {
    fc.assert(
      fc.property(
        conversations,
        fc.array(hiddenParts, { maxLength: 4 }),
        fc.constantFrom('', ' ', '\n '),
        (turns, parts, space) => {
          const positions: number[] = [];
          const messages: object[] = [];
          turns.forEach(({ shown, results, says }, turn) => {
            positions.push(messages.length);
            const ids = Array.from({ length: shown }, (_, i) => `c${turn}-${i}`);
            messages.push({ role: 'assistant', content: null, tool_calls: ids.map(callOf) });
            ids
              .slice(0, results)
              .forEach((id) => messages.push({ role: 'tool', tool_call_id: id, content: '' }));
            if (says) messages.push({ role: 'user', content: 'x' });
          });
          const text = `{"messages":[${messages.map((message) => JSON.stringify(message)).join(`${space},`)}]}`;
          const hidden = parts
            .slice(0, turns.length)
            .map(({ earlier, beside }, turn): [number, HiddenCalls] => [
              positions[turn] ?? 0,
              {
                earlier: earlier.map((count, round) =>
                  Array.from({ length: count }, (_, i) => hiddenCall(`e${turn}-${round}-${i}`)),
                ),
                beside: [...beside]
                  .sort((a, b) => a - b)
                  .map((after, i) => hiddenCall(`b${turn}-${i}`, after)),
              },
            ]);
          const restored = restore(text, hidden);
          for (const [calls, results] of pairsOf(messagesOf(restored))) {
            for (const id of calls.filter((each) => !each.startsWith('c'))) {
              expect(results.filter((each) => each === id)).toHaveLength(1);
            }
          }
          const pieces = hidden.flatMap(([, { earlier, beside }]) => [...earlier.flat(), ...beside]);
          for (const { call, result } of pieces) {
            expect(restored.split(call)).toHaveLength(2);
            expect(restored.split(result)).toHaveLength(2);
          }
          expect(isSubsequence(text, restored)).toBe(true);
          expect(restore(text, hidden)).toBe(restored);
        },
      ),
    );
  });
});

function isSubsequence(short: string, long: string): boolean {
  let position = 0;
  for (const character of long) if (character === short[position]) position++;
  return position === short.length;
}
