import { describe, expect, it } from 'vitest';
import { Pause } from '#libs/kernel';
import { aCaller } from '../../../../test/support/callers.js';
import { InProcessWakeups } from '../../../../test/support/shared-context-stores.js';
import { LongPoll } from './long-poll.js';

/** Time that passes when it is told to. */
class HeldTime extends Pause {
  private readonly waits = new Set<{ readonly ms: number; readonly end: () => void }>();

  override wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wait = { ms, end: resolve };
      this.waits.add(wait);
      signal?.addEventListener('abort', () => {
        this.waits.delete(wait);
        resolve();
      });
    });
  }

  pass(ms: number): void {
    for (const wait of this.waits) if (wait.ms <= ms) wait.end();
  }

  get waiting(): number {
    return this.waits.size;
  }
}

const caller = aCaller();
const settled = () => new Promise((resolve) => setImmediate(resolve));

function aReader() {
  const [wakeups, time] = [new InProcessWakeups(), new HeldTime()];
  const poll = new LongPoll(wakeups, time);
  const gone = new AbortController();
  let found = 0;
  let readings = 0;
  const read = () => {
    readings++;
    return Promise.resolve(found);
  };
  const wait = { seconds: 60, signal: gone.signal };
  return {
    wakeups,
    time,
    poll,
    gone,
    put: (count: number) => (found = count),
    readings: () => readings,
    start: () => poll.until(caller, 'release', wait, read, (count) => count > 0),
  };
}

describe('a long poll', () => {
  it('answers at once when there is something', async () => {
    const { put, start, time } = aReader();
    put(1);
    expect(await start()).toBe(1);
    expect(time.waiting).toBe(0);
  });

  it('reads again when it is woken, also while it reads', async () => {
    const { put, start, wakeups, readings, time } = aReader();
    const answer = start();
    wakeups.announce(caller.tenantId, 'release');
    await settled();
    expect(readings()).toBe(2);
    wakeups.announce(caller.tenantId, 'another');
    wakeups.announce('tenant-b', 'release');
    await settled();
    expect(readings()).toBe(2);
    put(3);
    wakeups.announce(caller.tenantId, 'release');
    expect(await answer).toBe(3);
    expect(time.waiting).toBe(0);
  });

  it('looks by itself where no hint comes', async () => {
    const { put, start, time } = aReader();
    const answer = start();
    await settled();
    put(1);
    time.pass(2_000);
    expect(await answer).toBe(1);
  });

  it.each([
    [
      'the time is over',
      ({ time }: ReturnType<typeof aReader>) => {
        time.pass(60_000);
      },
    ],
    [
      'the reader is gone',
      ({ gone }: ReturnType<typeof aReader>) => {
        gone.abort();
      },
    ],
    [
      'the server stops',
      ({ poll }: ReturnType<typeof aReader>) => {
        poll.close();
      },
    ],
  ])('ends with nothing when %s', async (_name, end) => {
    const reader = aReader();
    const answer = reader.start();
    await settled();
    end(reader);
    expect(await answer).toBe(0);
    expect(reader.time.waiting).toBe(0);
  });

  it('does not begin to wait for who is gone already, or when the server has stopped', async () => {
    const left = aReader();
    left.gone.abort();
    expect(await left.start()).toBe(0);
    const stopped = aReader();
    stopped.poll.close();
    expect(await stopped.start()).toBe(0);
  });
});
