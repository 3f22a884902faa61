import { beforeAll, describe, expect, it } from 'vitest';
import { aCaller } from '../../../test/support/callers.js';
import { anOriginalStore } from '../../../test/support/original-stores.js';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { ContextWindow, type FitOutcome, type FitRequest } from './index.js';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

const talk: Message[] = Array.from({ length: 8 }, (_, i) => ({
  role: i % 2 === 0 ? 'user' : 'assistant',
  content: `Message ${i}: ${'words that were said '.repeat(10)}`,
}));

function fit(droppedBefore: readonly number[], more: Partial<FitRequest> = {}): Promise<FitOutcome> {
  const { store } = anOriginalStore();
  const request: FitRequest = {
    messages: talk,
    budget: counter.countMessages(talk) - 60,
    strategy: 'rolling_window',
    keepLastTurns: 1,
    droppedBefore: new Set(droppedBefore),
    ...more,
  };
  return new ContextWindow(store).fit(aCaller(), request, counter);
}

const gone = ({ dropped }: FitOutcome): number[] => dropped.map(({ index }) => index);

describe('what an earlier context left out', () => {
  it('goes before anything that would go first otherwise', async () => {
    expect(gone(await fit([]))).toEqual([0, 1, 2]);
    expect(gone(await fit([3, 4, 5]))).toEqual([3, 4, 5]);
    expect(gone(await fit([3]))).toEqual([0, 1, 3]);
  });

  it('comes back as far as there is room for it', async () => {
    expect(gone(await fit([2, 3, 4, 5]))).toEqual([2, 3, 4]);
    expect(gone(await fit([3, 4], { budget: counter.countMessages(talk) }))).toEqual([]);
  });
});
