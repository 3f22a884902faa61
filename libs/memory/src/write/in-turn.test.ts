import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aFact } from '../../../../test/support/memories.js';
import { earliestSuccession } from '../model/memory.js';
import { beginsTooEarly } from '../model/succession.js';
import { inTurn, MOST_BEHIND_MS } from './in-turn.js';
import { newMemory } from './memory-writer.js';
import { SessionEnd } from './session-end.js';

const AT = Date.parse('2026-11-22T12:00:00.000Z');
const scope = { userId: 'anna', sessionId: 's' };

describe('a successor in its turn', () => {
  it('never begins too early when both begin with their recording and the clocks are nearly the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: -86_400_000, max: MOST_BEHIND_MS }), (behind) => {
        const old = aFact(new Date(AT));
        const fresh = newMemory(aFact(new Date(AT - behind)));
        const { memory, traits } = inTurn(fresh, old);
        expect(beginsTooEarly(memory, old)).toBeUndefined();
        expect(memory.createdAt).toEqual(memory.validFrom);
        expect(traits).toEqual(newMemory(memory).traits);
        expect(memory.validFrom.getTime()).toBe(Math.max(AT - behind, earliestSuccession(old).getTime()));
      }),
    );
  });

  it('still expires with its session, and hands that end on to nobody', () => {
    const sessionEnd = new SessionEnd(3_600);
    const made = new Date(AT - 5);
    const fresh = newMemory(aFact(made, { scope, expiresAt: sessionEnd.of(scope, made) }));
    const { memory } = inTurn(fresh, aFact(new Date(AT), { scope }));
    expect(memory.expiresAt).toEqual(new Date(AT - 5 + 3_600_000));
    expect(sessionEnd.ownEnd(memory)).toBeUndefined();
    const own = new Date(AT + 60_000);
    expect(sessionEnd.ownEnd({ ...memory, expiresAt: own })).toEqual(own);
  });
});
