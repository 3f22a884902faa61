import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBlock } from './parse-block.js';

describe('parsing a memory block', () => {
  it('reads content, category, importance, subject and entities', () => {
    const block = JSON.stringify({
      memories: [
        {
          content: 'Works at ACME',
          category: 'FACT',
          importance: 0.8,
          subject: ' employer ',
          entities: ['ACME', ' '],
        },
      ],
    });
    expect(parseBlock(` ${block}\n`)).toEqual([
      {
        item: {
          content: 'Works at ACME',
          category: 'fact',
          importance: 0.8,
          subject: 'employer',
          entities: ['ACME'],
        },
      },
    ]);
  });

  it('takes null for left out', () => {
    const item = { content: 'x', category: null, importance: null, subject: null, entities: null };
    expect(parseBlock(JSON.stringify({ memories: [item] }))).toEqual([{ item: { content: 'x' } }]);
  });

  it.each([
    '',
    'no json',
    '[]',
    '{}',
    '{"memories":{}}',
    '{"memories":[{"content":"x"},]}',
    '```json\n{}\n```',
    'null',
  ])('holds %j to be malformed', (block) => {
    expect(parseBlock(block)).toBeNull();
  });

  it.each([
    ['an item without content', { category: 'fact' }, ''],
    ['an item that is no object', 'text', ''],
    ['an unknown category', { content: 'x', category: 'gossip' }, 'x'],
    ['importance that is no number', { content: 'x', importance: 'high' }, 'x'],
    ['a subject that is no string', { content: 'x', subject: 3 }, 'x'],
    ['entities that are no strings', { content: 'x', entities: [1] }, 'x'],
  ])('refuses %s with the reason', (_, item, content) => {
    const parsed = parseBlock(JSON.stringify({ memories: [item] }));
    expect(parsed).toEqual([{ content, reason: expect.stringMatching(/: /) as string }]);
  });

  it('survives any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const parsed = parseBlock(JSON.stringify({ memories: [value] }));
        expect(parsed).toHaveLength(1);
      }),
    );
  });
});
