import { expect, it } from 'vitest';
import { EmbedQueue } from './embed-queue.js';
import type { EmbedAnswer } from './worker-messages.js';

/** A queue over a model that notes its batches and refuses the text `poison`. */
function aQueue(onBatch: (queue: EmbedQueue, batches: number) => void = () => undefined) {
  const batches: (readonly string[])[] = [];
  const answers: EmbedAnswer[] = [];
  const queue: EmbedQueue = new EmbedQueue(
    (texts) => {
      batches.push(texts);
      onBatch(queue, batches.length);
      if (texts.includes('poison')) return Promise.reject(new Error('refused'));
      return Promise.resolve(texts.map((text) => Float32Array.of(text.length)));
    },
    (answer) => answers.push(answer),
  );
  const settled = async (jobs: number): Promise<readonly number[]> => {
    while (answers.length < jobs) await new Promise((resolve) => setImmediate(resolve));
    return answers.map(({ id }) => id);
  };
  return { queue, batches, answers, settled };
}
const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `text ${i}`);

it('lets what somebody waits for go before the rest of a background job', async () => {
  const { queue, batches, settled } = aQueue((opened, count) => {
    if (count === 2) opened.add({ id: 2, texts: ['question'], isBackground: false });
  });
  queue.add({ id: 1, texts: texts(160), isBackground: true });
  expect(await settled(2)).toEqual([2, 1]);
  expect(batches.findIndex((batch) => batch.includes('question'))).toBe(2);
});

it('does nothing more for a job that nobody waits for any more', async () => {
  const { queue, batches, settled } = aQueue((opened, count) => {
    if (count === 1) opened.cancel(1);
  });
  queue.add({ id: 1, texts: texts(160), isBackground: true });
  queue.add({ id: 2, texts: ['next'], isBackground: true });
  expect(await settled(1)).toEqual([2]);
  expect(batches).toHaveLength(2);
});

it('answers a job that the model refuses with its error, and the others with vectors', async () => {
  const { queue, answers, settled } = aQueue();
  queue.add({ id: 1, texts: ['poison'], isBackground: false });
  queue.add({ id: 2, texts: ['a', 'bb'], isBackground: false });
  await settled(2);
  expect(answers).toEqual([
    { id: 1, error: 'refused' },
    { id: 2, vectors: [Float32Array.of(1), Float32Array.of(2)] },
  ]);
});
