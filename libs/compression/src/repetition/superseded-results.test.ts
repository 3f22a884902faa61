import { describe, expect, it } from 'vitest';
import type { Message } from '#libs/kernel';
import { supersededResults } from './superseded-results.js';

type Called = readonly [name: string, args: object];

/** Each call with its result: the results stand at 1, 3, 5, … */
function talk(...calls: readonly Called[]): Message[] {
  return calls.flatMap(([name, args], i): Message[] => [
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: `c${String(i)}`, type: 'function', function: { name, arguments: JSON.stringify(args) } },
      ],
    },
    { role: 'tool', tool_call_id: `c${String(i)}`, content: 'something' },
  ]);
}

const stale = (...calls: readonly Called[]): number[] => [...supersededResults(talk(...calls))].sort();

describe('results that no longer say how things are', () => {
  it('are those of a call that was made again, in whatever order its arguments come', () => {
    expect(stale(['get', { a: 1, b: 2 }], ['get', { a: 1, b: 3 }], ['get', { b: 2, a: 1 }])).toEqual([1]);
  });

  it('are reads of a file that was written or read as a whole later', () => {
    expect(stale(['read', { path: 'a.ts', offset: 10 }], ['read', { path: 'a.ts' }])).toEqual([1]);
    expect(stale(['read', { path: 'a.ts' }], ['edit_file', { path: 'a.ts', text: 'x' }])).toEqual([1]);
  });

  it('are not reads of which a later one shows only a part, nor of another file, nor what was written', () => {
    expect(stale(['read', { path: 'a.ts' }], ['read', { path: 'a.ts', offset: 10 }])).toEqual([]);
    expect(stale(['read', { path: 'a.ts' }], ['edit', { path: 'b.ts' }])).toEqual([]);
    expect(stale(['edit', { path: 'a.ts', text: 'x' }], ['read', { path: 'a.ts' }])).toEqual([]);
  });

  it('are never those without a known call', () => {
    const results: Message[] = [
      { role: 'tool', content: 'a' },
      { role: 'tool', content: 'a' },
    ];
    expect(supersededResults(results)).toEqual(new Set());
  });

  it("are Anthropic's only when all results of the message are", () => {
    const use = (id: string, path: string) => ({ type: 'tool_use', id, name: 'read', input: { path } });
    const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'x' });
    const messages: Message[] = [
      { role: 'assistant', content: [use('1', 'a'), use('2', 'b')] },
      { role: 'user', content: [result('1'), result('2')] },
      { role: 'assistant', content: [use('3', 'a')] },
      { role: 'user', content: [result('3')] },
    ];
    expect(supersededResults(messages)).toEqual(new Set());
    const more: Message[] = [
      ...messages,
      { role: 'assistant', content: [use('4', 'b')] },
      { role: 'user', content: [result('4')] },
    ];
    expect(supersededResults(more)).toEqual(new Set([1]));
  });
});
