import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSameScope, isVisible, SCOPE_LEVELS, scopeLevel, type Scope } from '#libs/kernel';
import { broaderScope, type PromotionLevel } from './promotion.js';

const id = fc.constantFrom('a', 'b');
const scopes: fc.Arbitrary<Scope> = fc.record(
  { userId: id, sessionId: id, agentId: id, turnId: id },
  { requiredKeys: ['userId'] },
);
const levels = fc.constantFrom<PromotionLevel>('user', 'session', 'agent');

describe('a promotion', () => {
  it('leads to the level asked for, and stays visible wherever the original was', () => {
    fc.assert(
      fc.property(scopes, levels, (own, to) => {
        fc.pre(isOpen(own, to));
        const broader = broaderScope(own, to);
        expect(scopeLevel(broader)).toBe(to);
        expect(isVisible(broader, own)).toBe(true);
        expect(isSameScope(broader, own)).toBe(false);
      }),
    );
  });

  it('is refused to a level that is not broader, and to one whose id the memory lacks', () => {
    fc.assert(
      fc.property(scopes, levels, (own, to) => {
        fc.pre(!isOpen(own, to));
        expect(() => broaderScope(own, to)).toThrow(
          expect.objectContaining({ code: 'validation_error' }) as Error,
        );
      }),
    );
  });

  it('takes an agent of no session to its user alone', () => {
    const own = { userId: 'anna', agentId: 'planner' };
    expect(broaderScope(own, 'user')).toEqual({ userId: 'anna' });
    expect(() => broaderScope(own, 'session')).toThrow();
  });

  it('takes a turn to its agent within its session', () => {
    const own = { userId: 'anna', sessionId: 's', agentId: 'planner', turnId: '7' };
    expect(broaderScope(own, 'agent')).toEqual({ userId: 'anna', sessionId: 's', agentId: 'planner' });
  });
});

function isOpen(own: Scope, to: PromotionLevel): boolean {
  const ids = { user: own.userId, session: own.sessionId, agent: own.agentId };
  return ids[to] !== undefined && SCOPE_LEVELS.indexOf(to) < SCOPE_LEVELS.indexOf(scopeLevel(own));
}
