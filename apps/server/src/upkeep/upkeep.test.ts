import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PinoLog } from '#libs/platform';
import { Upkeep } from './upkeep.js';

describe('Upkeep', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const log = new PinoLog({ level: 'silent' });
  const counting = (name: string, done: string[]) => ({
    name,
    run: () => {
      done.push(name);
      return Promise.resolve(1);
    },
  });

  it('does every task again and again, in order', async () => {
    const done: string[] = [];
    const upkeep = new Upkeep([counting('a', done), counting('b', done)], 1_000, log);
    upkeep.start();
    await vi.advanceTimersByTimeAsync(2_500);
    await upkeep.stop();
    expect(done).toEqual(['a', 'b', 'a', 'b']);
  });

  it('goes on when a task fails', async () => {
    const done: string[] = [];
    const failing = { name: 'failing', run: () => Promise.reject(new Error('disk full')) };
    const upkeep = new Upkeep([failing, counting('b', done)], 1_000, log);
    upkeep.start();
    await vi.advanceTimersByTimeAsync(2_500);
    await upkeep.stop();
    expect(done).toEqual(['b', 'b']);
  });

  it('waits for the running task when it stops, and starts no other', async () => {
    const done: string[] = [];
    const slow = {
      name: 'slow',
      run: async () => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        done.push('slow');
        return 0;
      },
    };
    const upkeep = new Upkeep([slow, counting('b', done)], 1_000, log);
    upkeep.start();
    await vi.advanceTimersByTimeAsync(1_100);
    const stopped = upkeep.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    await stopped;
    expect(done).toEqual(['slow']);
  });
});
