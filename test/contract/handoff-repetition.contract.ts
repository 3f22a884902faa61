import { describe, expect, it } from 'vitest';
import { IDEMPOTENCY_TTL_SECONDS, type Clock } from '#libs/kernel';
import { aCaller } from '../support/callers.js';
import { HANDOFF_TTL, handoffRoom, type HandoffStores } from '../support/handoff-room.js';

/** What every HandoffStore does when an answer was lost and the client asks again under the same key. */
export function handoffRepetitionContract(open: (clock: Clock) => Promise<HandoffStores>): void {
  const caller = aCaller();
  const withEntries = handoffRoom(open, caller);

  describe('a handoff that is made again under its idempotency key', () => {
    it('is the first one, also when the entry has changed since', async () => {
      const { put, give, list, handoffs } = await withEntries('plan');
      const first = await give(['plan'], { idempotencyKey: 'k' });
      await put('plan');
      const asked = { context: 'release', createdAt: first.createdAt };
      expect(await handoffs.createdBefore(caller, { ...asked, idempotencyKey: 'k' })).toEqual(first);
      for (const idempotencyKey of ['other', undefined]) {
        expect(await handoffs.createdBefore(caller, { ...asked, idempotencyKey })).toBeUndefined();
      }
      expect(await give(['plan'], { idempotencyKey: 'k' })).toEqual(first);
      expect(await list()).toEqual([first.id]);
    });

    it('is another one under another key, in another context, of another API key, and after a day', async () => {
      const { put, give, clock } = await withEntries('plan');
      await put('plan', { context: 'elsewhere' });
      const made = [
        await give(['plan'], { idempotencyKey: 'k' }),
        await give(['plan'], { idempotencyKey: 'other' }),
        await give(['plan'], { idempotencyKey: 'k', context: 'elsewhere' }),
        await give(['plan'], { idempotencyKey: 'k' }, aCaller({ ...caller, keyId: 'key_2' })),
        await give(['plan']),
      ];
      clock.advanceSeconds(IDEMPOTENCY_TTL_SECONDS);
      await put('plan');
      made.push(await give(['plan'], { idempotencyKey: 'k' }));
      expect(new Set(made.map(({ id }) => id)).size).toBe(made.length);
    });

    it('is one, however many ask at once', async () => {
      const { give, list } = await withEntries('plan');
      const made = await Promise.all(
        Array.from({ length: 8 }, () => give(['plan'], { idempotencyKey: 'k' })),
      );
      expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      expect(await list()).toHaveLength(1);
    });
  });

  describe('accepting again under the idempotency key', () => {
    it('gives the same until the handoff ends, and tells of it once', async () => {
      const { give, accept, clock, handoffs, log } = await withEntries('plan');
      const { id } = await give(['plan']);
      const first = await accept(id, caller, 'k');
      clock.advanceSeconds(HANDOFF_TTL - 1);
      expect(await accept(id, caller, 'k')).toEqual(first);
      await handoffs.sweep(clock.now());
      expect(await accept(id, caller, 'k')).toEqual(first);
      const { events } = await log.read(caller, 'release', -1, 100);
      expect(events.filter(({ type }) => type === 'handoff.accepted')).toHaveLength(1);
      clock.advanceSeconds(1);
      await expect(accept(id, caller, 'k')).rejects.toMatchObject({ code: 'conflict' });
    });

    it('is no way for others', async () => {
      const { give, accept } = await withEntries('plan');
      const { id } = await give(['plan']);
      await accept(id, caller, 'k');
      const others = await Promise.allSettled([
        accept(id),
        accept(id, caller, 'other'),
        accept(id, aCaller({ ...caller, keyId: 'key_2' }), 'k'),
      ]);
      for (const other of others) expect(other).toMatchObject({ reason: { code: 'conflict' } });
    });
  });
}
