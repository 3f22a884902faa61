import { afterEach, describe, expect, it } from 'vitest';
import type { Job, JobQueue } from '#libs/kernel';
import type { QueueSettings } from '../../libs/adapters/src/queue/queue-options.js';

/** What every JobQueue does, on every adapter. `open` gives an empty queue with these settings. */
export function jobQueueContract(open: (settings: QueueSettings) => Promise<JobQueue>): void {
  let opened: JobQueue[] = [];
  afterEach(async () => {
    await Promise.all(opened.map((queue) => queue.close()));
    opened = [];
  });
  const aQueue = async (settings: QueueSettings = {}) => {
    const queue = await open({ backoffMs: 5, ...settings });
    opened.push(queue);
    return queue;
  };
  const recorder = (queue: JobQueue, name = 'embed') => {
    const seen: Job[] = [];
    queue.handle(name, (job) => {
      seen.push(job);
      return Promise.resolve();
    });
    return seen;
  };

  it('runs a job with its data', async () => {
    const queue = await aQueue();
    const seen = recorder(queue);
    const data = { ids: ['mem_1'], nested: { text: 'naïve 🧠\u0000', list: [1, null] } };
    const id = await queue.enqueue('embed', data);
    await queue.drain();
    expect(seen).toEqual([{ id, name: 'embed', data, attempt: 1 }]);
  });

  it('keeps jobs that came before their handler', async () => {
    const queue = await aQueue();
    await queue.enqueue('embed', { n: 1 });
    await queue.drain();
    const seen = recorder(queue);
    await queue.drain();
    expect(seen.map(({ data }) => data.n)).toEqual([1]);
  });

  it('keeps the jobs of different names apart', async () => {
    const queue = await aQueue();
    const embedded = recorder(queue, 'embed');
    const swept = recorder(queue, 'sweep');
    await queue.enqueue('sweep', { n: 1 }, { id: 'same' });
    await queue.enqueue('embed', { n: 2 }, { id: 'same' });
    await queue.drain();
    expect([embedded.length, swept.length]).toEqual([1, 1]);
  });

  it.each(['plain', '42', 'a:b', 'ü/🧠'])('does not add a job again whose id is waiting: %s', async (id) => {
    const queue = await aQueue();
    expect(await queue.enqueue('embed', { n: 1 }, { id })).toBe(id);
    expect(await queue.enqueue('embed', { n: 2 }, { id })).toBe(id);
    const seen = recorder(queue);
    await queue.drain();
    expect(seen.map((job) => [job.id, job.data.n])).toEqual([[id, 1]]);
    await queue.enqueue('embed', { n: 3 }, { id });
    await queue.drain();
    expect(seen).toHaveLength(2);
  });

  it('holds a delayed job back until others are done', async () => {
    const queue = await aQueue();
    const seen = recorder(queue);
    await queue.enqueue('embed', { n: 'late' }, { delayMs: 150 });
    await queue.enqueue('embed', { n: 'now' });
    await queue.drain();
    expect(seen.map(({ data }) => data.n)).toEqual(['now', 'late']);
  });

  it('runs no more jobs of a name at a time than allowed', async () => {
    const queue = await aQueue({ concurrency: 2 });
    let running = 0;
    let most = 0;
    queue.handle('embed', async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
    });
    await Promise.all(Array.from({ length: 10 }, (_, n) => queue.enqueue('embed', { n })));
    await queue.drain();
    expect(most).toBe(2);
  });

  describe('when a job fails', () => {
    it('tries again until it succeeds', async () => {
      const faults: unknown[] = [];
      const queue = await aQueue({
        onFault: (error, job, isGivenUp) => faults.push([String(error), job?.attempt, isGivenUp]),
      });
      const attempts: number[] = [];
      queue.handle('embed', ({ attempt }) => {
        attempts.push(attempt);
        return attempt < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve();
      });
      await queue.enqueue('embed', {});
      await queue.drain();
      expect(attempts).toEqual([1, 2, 3]);
      expect(faults).toEqual([
        ['Error: not yet', 1, false],
        ['Error: not yet', 2, false],
      ]);
    });

    it('gives up after the last attempt, frees the id and goes on with others', async () => {
      const given: boolean[] = [];
      const queue = await aQueue({
        attempts: 2,
        onFault: (_error, _job, isGivenUp) => given.push(isGivenUp),
      });
      const done: unknown[] = [];
      queue.handle('embed', ({ data }) => {
        if (data.bad === true) return Promise.reject(new Error('never'));
        done.push(data.n);
        return Promise.resolve();
      });
      await queue.enqueue('embed', { bad: true }, { id: 'one' });
      await queue.enqueue('embed', { n: 1 });
      await queue.drain();
      await queue.enqueue('embed', { n: 2 }, { id: 'one' });
      await queue.drain();
      expect(given).toEqual([false, true]);
      expect(done).toEqual([1, 2]);
    });
  });

  describe('when it closes', () => {
    it('lets the running job finish and takes no more', async () => {
      const queue = await aQueue();
      let hasEnded = false;
      const started = new Promise<void>((resolve) => {
        queue.handle('embed', async () => {
          resolve();
          await new Promise((wait) => setTimeout(wait, 50));
          hasEnded = true;
        });
      });
      await queue.enqueue('embed', {});
      await started;
      await queue.close();
      expect(hasEnded).toBe(true);
      await expect(queue.enqueue('embed', {})).rejects.toMatchObject({ code: 'unavailable' });
    });
  });

  it('answers a ping', async () => {
    const queue = await aQueue();
    await expect(queue.ping()).resolves.toBeUndefined();
  });

  it('has one handler per name', async () => {
    const queue = await aQueue();
    recorder(queue);
    expect(() => recorder(queue)).toThrow(TypeError);
  });
}
