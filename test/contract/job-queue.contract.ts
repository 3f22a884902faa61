import { afterEach, describe, expect, it } from 'vitest';
import type { JobAttempt, QueueSettings } from '#libs/adapters';
import { HeadroomError, type Job, type JobQueue } from '#libs/kernel';
import { until } from '../support/until.js';

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

  it('runs a job once more that comes again under its id while it runs, with the newest data', async () => {
    const queue = await aQueue();
    const seen: unknown[] = [];
    queue.handle('embed', async ({ data }) => {
      seen.push(data['n']);
      if (seen.length > 1) return;
      for (const n of [2, 3]) await queue.enqueue('embed', { n }, { id: 'one' });
    });
    await queue.enqueue('embed', { n: 1 }, { id: 'one' });
    await queue.drain();
    expect(seen).toEqual([1, 3]);
  });

  it('runs a periodic job again and again', async () => {
    const queue = await aQueue();
    const seen = recorder(queue, 'sweep');
    queue.repeat('sweep', 'originals', 50);
    await until(
      () => Promise.resolve(seen.length),
      (runs) => runs >= 3,
    );
    expect(seen[0]).toEqual({ id: 'originals', name: 'sweep', data: {}, attempt: 1 });
  });

  it('lets a periodic job that waits for its next attempt wait, however often its period passes', async () => {
    const queue = await aQueue();
    let runs = 0;
    queue.handle('sweep', () => {
      runs++;
      return Promise.reject(new HeadroomError('unavailable', 'later', { retry_after_ms: 60_000 }));
    });
    queue.repeat('sweep', 'originals', 50);
    await until(
      () => Promise.resolve(runs),
      (count) => count > 0,
    );
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(runs).toBe(1);
  });

  it('says how its jobs stand', async () => {
    const queue = await aQueue({ concurrency: 1, attempts: 1, closeWithinMs: 50 });
    queue.handle('embed', () => new Promise(() => undefined));
    queue.handle('sweep', () => Promise.reject(new Error('never')));
    for (let n = 0; n < 3; n++) await queue.enqueue('embed', { n });
    await queue.enqueue('embed', { n: 'late' }, { delayMs: 60_000 });
    await queue.enqueue('sweep', {});
    const [embed, sweep] = await until(
      async () => (await queue.load()).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      (loads) => loads[0]?.running === 1 && loads[1]?.failed === 1 && loads[0].oldestMs > 20,
    );
    expect(embed).toMatchObject({ name: 'embed', waiting: 2, running: 1, delayed: 1, failed: 0 });
    expect(embed?.oldestMs).toBeLessThan(60_000);
    expect(sweep).toEqual({ name: 'sweep', waiting: 0, running: 0, delayed: 0, failed: 1, oldestMs: 0 });
  });

  describe('when a job fails', () => {
    const failing = (queue: JobQueue, name = 'embed') => {
      const state = { isDown: true, runs: 0 };
      queue.handle(name, () => {
        state.runs++;
        return state.isDown ? Promise.reject(new Error('it is down')) : Promise.resolve();
      });
      return state;
    };

    it('tries again until it succeeds, and tells of each attempt', async () => {
      const told: JobAttempt[] = [];
      const queue = await aQueue({ onAttempt: (attempt) => told.push(attempt) });
      queue.handle('embed', ({ attempt }) =>
        attempt < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve(),
      );
      await queue.enqueue('embed', {});
      await queue.drain();
      const [error, done] = [{ error: new Error('not yet'), outcome: 'failed' }, { outcome: 'done' }];
      expect(told).toMatchObject([error, error, done]);
      expect(told.map(({ job }) => job.attempt)).toEqual([1, 2, 3]);
      expect(told.every(({ milliseconds }) => milliseconds >= 0 && milliseconds < 5_000)).toBe(true);
      expect(await queue.failed()).toEqual([]);
    });

    it('waits as long as the error asks for', async () => {
      const queue = await aQueue();
      const startedAt = performance.now();
      queue.handle('embed', ({ attempt }) =>
        attempt === 1
          ? Promise.reject(new HeadroomError('unavailable', 'later', { retry_after_ms: 300 }))
          : Promise.resolve(),
      );
      await queue.enqueue('embed', {});
      await queue.drain();
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(290);
    });

    it('gives up after the last attempt, frees the id, lists the job and goes on with others', async () => {
      const told: JobAttempt[] = [];
      const queue = await aQueue({ attempts: 2, onAttempt: (attempt) => told.push(attempt) });
      const done: unknown[] = [];
      queue.handle('embed', ({ data }) => {
        if (data['bad'] === true) return Promise.reject(new Error('never'));
        done.push(data['n']);
        return Promise.resolve();
      });
      await queue.enqueue('embed', { bad: true }, { id: 'a:b/ü' });
      await queue.enqueue('embed', { n: 1 });
      await queue.drain();
      const bad = told.filter(({ job }) => job.id === 'a:b/ü').map(({ outcome }) => outcome);
      expect(bad).toEqual(['failed', 'given_up']);
      const [failed, ...others] = await queue.failed();
      expect(others).toEqual([]);
      expect(failed).toMatchObject({
        address: 'embed:a:b/ü',
        name: 'embed',
        data: { bad: true },
        attempts: 2,
        error: 'never',
      });
      expect(Math.abs((failed?.failedAt.getTime() ?? 0) - Date.now())).toBeLessThan(30_000);
      await queue.enqueue('embed', { n: 2 }, { id: 'a:b/ü' });
      await queue.drain();
      expect(done).toEqual([1, 2]);
    });

    it('lists a job once, however often it fails, and no longer once it succeeds', async () => {
      const queue = await aQueue({ attempts: 1 });
      const state = failing(queue);
      for (const id of ['one', 'other', 'one']) {
        await queue.enqueue('embed', {}, { id });
        await queue.drain();
      }
      expect((await queue.failed()).map(({ address }) => address)).toEqual(['embed:one', 'embed:other']);
      expect(await queue.load()).toMatchObject([{ failed: 2 }]);
      state.isDown = false;
      await queue.enqueue('embed', {}, { id: 'one' });
      await queue.drain();
      await until(
        async () => (await queue.failed()).map(({ address }) => address),
        (addresses) => addresses.join() === 'embed:other',
      );
    });

    it('keeps the last hundred', async () => {
      const queue = await aQueue({ attempts: 1, concurrency: 1 });
      failing(queue);
      for (let n = 0; n < 105; n++) await queue.enqueue('embed', {}, { id: String(n) });
      await queue.drain();
      const listed = await queue.failed();
      expect(listed).toHaveLength(100);
      expect(listed[0]?.address).toBe('embed:104');
    });

    it('is tried anew or dropped when somebody says so', async () => {
      const queue = await aQueue({ attempts: 2 });
      const state = failing(queue);
      await queue.enqueue('embed', {}, { id: 'one' });
      await queue.enqueue('embed', {}, { id: 'other' });
      await queue.drain();
      expect(state.runs).toBe(4);
      state.isDown = false;
      expect(await queue.retry('embed:one')).toBe(true);
      await queue.drain();
      expect(state.runs).toBe(5);
      expect(await queue.drop('embed:other')).toBe(true);
      expect(await queue.failed()).toEqual([]);
      expect(state.runs).toBe(5);
      for (const address of ['embed:one', 'embed:other', 'embed', 'nobody:x', '']) {
        expect(await queue.retry(address)).toBe(false);
        expect(await queue.drop(address)).toBe(false);
      }
    });
  });

  describe('when it closes', () => {
    it('lets the running job finish, tells it to hurry, and takes no more', async () => {
      const queue = await aQueue();
      let end = 'not yet';
      const started = new Promise<void>((resolve) => {
        queue.handle('embed', async (_job, signal) => {
          resolve();
          await new Promise((wait) => setTimeout(wait, 50));
          end = signal.aborted ? 'told to hurry' : 'not told';
        });
      });
      await queue.enqueue('embed', {});
      await started;
      await queue.close();
      expect(end).toBe('told to hurry');
      await expect(queue.enqueue('embed', {})).rejects.toMatchObject({ code: 'unavailable' });
    });

    it('does not wait for ever for a job that hangs', async () => {
      const queue = await aQueue({ closeWithinMs: 100 });
      const started = new Promise<void>((resolve) => {
        queue.handle('embed', () => {
          resolve();
          return new Promise(() => undefined);
        });
      });
      await queue.enqueue('embed', {});
      await started;
      const startedAt = performance.now();
      await queue.close();
      expect(performance.now() - startedAt).toBeLessThan(4_000);
    });
  });

  it('has one handler per name', async () => {
    const queue = await aQueue();
    recorder(queue);
    expect(() => recorder(queue)).toThrow(TypeError);
  });
}
