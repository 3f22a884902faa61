import { afterEach, describe, expect, it } from 'vitest';
import type { ContextWakeups } from '#libs/shared-context';
import { until } from '../support/until.js';

/** What every ContextWakeups does. `open` gives that of one more server on the same store; `alone` is the only one. */
export function contextWakeupsContract(open: () => ContextWakeups, servers: 'alone' | 'several'): void {
  const opened: ContextWakeups[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((wakeups) => wakeups.close()));
  });
  const openOne = (): ContextWakeups => {
    const wakeups = open();
    opened.push(wakeups);
    return wakeups;
  };
  /** Counts what wakes a reader, who already hears. */
  const listenTo = async (
    wakeups: ContextWakeups,
    { from = wakeups, tenant = 'tenant-a', context = 'release' } = {},
  ): Promise<{ readonly heard: () => number; readonly stop: () => void }> => {
    let heard = 0;
    const stop = wakeups.subscribe(tenant, context, () => heard++);
    await until(
      () => {
        from.announce(tenant, context);
        return Promise.resolve(heard);
      },
      (count) => count > 0,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = heard;
    return { heard: () => heard - before, stop };
  };
  const soon = (heard: () => number) =>
    until(
      () => Promise.resolve(heard()),
      (count) => count > 0,
    );

  it('wakes every reader of the context in the same process', async () => {
    const wakeups = openOne();
    const readers = [await listenTo(wakeups), await listenTo(wakeups)];
    wakeups.announce('tenant-a', 'release');
    for (const { heard } of readers) await soon(heard);
  });

  it('wakes no reader of another context or tenant, nor one who left', async () => {
    const wakeups = openOne();
    const left = await listenTo(wakeups, { context: 'left' });
    const others = [
      left,
      await listenTo(wakeups, { context: 'another' }),
      await listenTo(wakeups, { tenant: 'tenant-b' }),
      await listenTo(wakeups, { context: '["tenant-a","release"]' }),
    ];
    const mine = await listenTo(wakeups);
    left.stop();
    wakeups.announce('tenant-a', 'left');
    wakeups.announce('tenant-a', 'release');
    await soon(mine.heard);
    expect(others.map(({ heard }) => heard())).toEqual([0, 0, 0, 0]);
  });

  it('takes names of any length and characters', async () => {
    const wakeups = openOne();
    const context = `${'long 🧠 '.repeat(2_000)}\u0000'"`;
    const { heard } = await listenTo(wakeups, { context });
    wakeups.announce('tenant-a', context);
    await soon(heard);
  });

  it('neither waits nor fails once it is closed', async () => {
    const wakeups = openOne();
    await wakeups.close();
    expect(() => {
      wakeups.announce('tenant-a', 'release');
    }).not.toThrow();
  });

  if (servers === 'alone') return;
  describe('between servers', () => {
    it('wakes readers in every process, after many announcements at once too', async () => {
      const [first, second] = [openOne(), openOne()];
      const { heard } = await listenTo(second, { from: first });
      const far = await listenTo(first, { from: second, context: 'context 999' });
      for (let i = 0; i < 1_000; i++) second.announce('tenant-a', `context ${i}`);
      await soon(far.heard);
      first.announce('tenant-a', 'release');
      await soon(heard);
    });
  });
}
