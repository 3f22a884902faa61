import { describe, expect, it } from 'vitest';
import { itemsNamed, namesInQuestion } from './question-names.js';

describe('what a question names', () => {
  it.each([
    ['Who calls openLedger in src/bank/ledger.ts?', ['openledger', 'src/bank/ledger.ts']],
    ['Why does "not found" come from user_id utf8?', ['not found', 'user_id', 'utf8']],
    ['What is the timeout of the client?', []],
    ['', []],
  ])('%s', (question, names) => {
    expect(namesInQuestion(question)).toEqual(names);
  });

  it('finds items by names that few of them hold', () => {
    const items = ['call fooBar()', 'call fooBar(1)', 'FOOBAR', 'else'];
    expect(itemsNamed(items, 'where is fooBar?', 3)).toEqual([0, 1, 2]);
    expect(itemsNamed(items, 'where is fooBar?', 2)).toEqual([]);
  });
});
