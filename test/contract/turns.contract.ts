import { describe, expect, it } from 'vitest';
import type { Turns } from '#libs/memory';

/** What every Turns does, on every adapter. `open` gives the turns of two processes that share a store. */
export function turnsContract(open: () => Promise<readonly [Turns, Turns]>): void {
  describe('a turn', () => {
    it('is one process’s alone until it ends it', async () => {
      const [one, other] = await open();
      const turn = await one.take('embedding');
      expect(turn?.isHeld).toBe(true);
      expect(await other.take('embedding')).toBeNull();
      await turn?.end();
      const next = await other.take('embedding');
      expect(next?.isHeld).toBe(true);
      expect(await one.take('embedding')).toBeNull();
      await next?.end();
    });

    it('can be taken again by the process that has it', async () => {
      const [one] = await open();
      await one.take('embedding');
      expect((await one.take('embedding'))?.isHeld).toBe(true);
    });

    it('does not stand in the way of another piece of work', async () => {
      const [one, other] = await open();
      await one.take('embedding');
      expect((await other.take('something else'))?.isHeld).toBe(true);
    });

    it('goes to exactly one of two that ask at once', async () => {
      const [one, other] = await open();
      const turns = await Promise.all([one.take('embedding'), other.take('embedding')]);
      expect(turns.filter((turn) => turn !== null)).toHaveLength(1);
    });
  });
}
