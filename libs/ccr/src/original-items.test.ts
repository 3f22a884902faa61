import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemsOf, matchingItems } from './index.js';

const texts = (content: string) => itemsOf(content).map(({ text }) => text);

describe('the items of an original', () => {
  it('are the elements of a JSON array, in their own spelling', () => {
    expect(texts(' [ {"a": 1.0}, "two" , 3e2 ]')).toEqual(['{"a": 1.0}', '"two"', '3e2']);
  });

  it('are the elements of the main array of an object, then its other members', () => {
    const content = '{"status":"ok","data":{"total":2,"rows":[{"id":1},{"id":2},{"id":3}]}}';
    expect(texts(content)).toEqual(['{"id":1}', '{"id":2}', '{"id":3}', '{"status": "ok"}', '{"total": 2}']);
  });

  it('are the members of an object without an array', () => {
    expect(texts('{"a":1,"b":{"c":2}}')).toEqual(['{"a": 1}', '{"c": 2}']);
  });

  it('are log lines, with what is indented under them', () => {
    const log = '10:00 INFO start\n10:01 ERROR boom\n  at main.ts:1\n  at run.ts:2\n10:02 INFO end\n';
    expect(texts(log)).toEqual([
      '10:00 INFO start',
      '10:01 ERROR boom\n  at main.ts:1\n  at run.ts:2',
      '10:02 INFO end',
    ]);
  });

  it('are paragraphs of prose', () => {
    expect(texts('One.\nStill one.\n\nTwo.\n \nThree.')).toEqual(['One.\nStill one.', 'Two.', 'Three.']);
  });

  it('are records of JSON lines, each JSON of its own', () => {
    expect(itemsOf('{"a":1}\n{"a":2}')).toEqual([
      { text: '{"a":1}', isJson: true },
      { text: '{"a":2}', isJson: true },
    ]);
  });

  it('survive any content, and JSON items parse', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (content) => {
        for (const { text, isJson } of itemsOf(content)) if (isJson) JSON.parse(text);
      }),
    );
  });

  it('stay parsed in linear time when nested deeply', () => {
    expect(itemsOf('['.repeat(5_000) + ']'.repeat(5_000))).toHaveLength(1);
  });
});

describe('the items that match a query', () => {
  const rows = JSON.stringify(
    Array.from({ length: 100 }, (_, id) => ({
      id,
      event: id === 67 ? 'payment declined by bank' : `login of user ${id}`,
    })),
  );

  it('are the ones with its words, best first', () => {
    const results = matchingItems(itemsOf(rows), 'declined payments');
    expect(results.map(({ index }) => index)).toEqual([67]);
    expect(results[0]).toMatchObject({ score: 1, isJson: true });
  });

  it('are at most 20, none weaker than 0.3 of the best', () => {
    const results = matchingItems(itemsOf(rows), 'login');
    expect(results).toHaveLength(20);
    for (const { score } of results) expect(score).toBeGreaterThanOrEqual(0.3);
  });

  it('are found verbatim when the query has no words', () => {
    expect(matchingItems(itemsOf('a -> b\nc => d\ne'), '=>').map(({ text }) => text)).toEqual(['c => d']);
    expect(matchingItems(itemsOf(rows), 'zebra')).toEqual([]);
  });
});
