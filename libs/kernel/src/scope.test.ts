import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  SCOPE_ID_MAX_CHARACTERS,
  isSameScope,
  isScopeId,
  isVisible,
  scopeLevel,
  type Scope,
} from './index.js';

const id = fc.constantFrom('a', 'b');
const scope: fc.Arbitrary<Scope> = fc.record(
  { userId: id, sessionId: id, agentId: id, turnId: id },
  { requiredKeys: ['userId'] },
);

describe('visibility', () => {
  it('goes down from user to turn, never across', () => {
    expect(isVisible({ userId: 'a' }, { userId: 'a', sessionId: 's' })).toBe(true);
    expect(isVisible({ userId: 'a', sessionId: 's' }, { userId: 'a' })).toBe(false);
    expect(isVisible({ userId: 'a', sessionId: 's' }, { userId: 'a', sessionId: 'other' })).toBe(false);
  });

  it('never crosses users, and everything sees itself', () => {
    fc.assert(
      fc.property(scope, scope, (owner, reader) => {
        expect(isVisible(owner, owner)).toBe(true);
        if (owner.userId !== reader.userId) expect(isVisible(owner, reader)).toBe(false);
      }),
    );
  });

  it('is passed on: what a reader sees, everyone below that reader sees', () => {
    fc.assert(
      fc.property(scope, scope, scope, (owner, reader, below) => {
        if (isVisible(owner, reader) && isVisible(reader, below)) expect(isVisible(owner, below)).toBe(true);
      }),
    );
  });

  it('both ways means the same scope', () => {
    fc.assert(
      fc.property(scope, scope, (a, b) => {
        expect(isVisible(a, b) && isVisible(b, a)).toBe(isSameScope(a, b));
      }),
    );
  });
});

describe('the level of a scope', () => {
  it('is that of its narrowest id', () => {
    expect(scopeLevel({ userId: 'u' })).toBe('user');
    expect(scopeLevel({ userId: 'u', sessionId: 's' })).toBe('session');
    expect(scopeLevel({ userId: 'u', agentId: 'g' })).toBe('agent');
    expect(scopeLevel({ userId: 'u', sessionId: 's', agentId: 'g', turnId: 't' })).toBe('turn');
  });
});

describe('a scope id', () => {
  it.each([
    'u',
    'a/b%20"c"',
    '🦊',
    ' ',
    'x'.repeat(SCOPE_ID_MAX_CHARACTERS),
    '😀'.repeat(SCOPE_ID_MAX_CHARACTERS),
  ])('may be %j', (value) => {
    expect(isScopeId(value)).toBe(true);
  });

  it.each([
    '',
    'a\u0000b',
    '\ud800',
    'x'.repeat(SCOPE_ID_MAX_CHARACTERS + 1),
    '😀'.repeat(SCOPE_ID_MAX_CHARACTERS + 1),
  ])('may not be %j', (value) => {
    expect(isScopeId(value)).toBe(false);
  });
});
