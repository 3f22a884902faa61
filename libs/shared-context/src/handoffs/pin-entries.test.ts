import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HeadroomError } from '#libs/kernel';
import type { PinnedEntry } from './handoff.js';
import { pinEntries, tokensOf, type HandoffDraft, type PinLookup } from './pin-entries.js';

const anEntry = (key: string, compressedTokens: number): PinnedEntry => ({
  key,
  version: 1,
  hash: 'a'.repeat(24),
  contentKind: 'text',
  originalTokens: compressedTokens * 2,
  compressedTokens,
  transforms: [],
});
const found = (entry: PinnedEntry): PinLookup => ({ status: 'found', entry });
const aDraft = (keys: readonly string[], tokenBudget?: number): HandoffDraft => ({
  id: 'hand_1',
  context: 'release',
  from: 'a',
  to: 'b',
  keys,
  tokenBudget,
  createdAt: new Date(0),
  expiresAt: new Date(1),
});

const costs = fc.array(fc.nat(50), { minLength: 1, maxLength: 12 });

it('takes each entry that still fits, in the order given, and names every other', () => {
  fc.assert(
    fc.property(costs, fc.nat(200), (tokens, budget) => {
      const entries = tokens.map((cost, i) => anEntry(`k${i}`, cost));
      const keys = entries.map(({ key }) => key);
      const pin = () => pinEntries(aDraft(keys, budget), entries.map(found));
      if (Math.min(...tokens) > budget) {
        expect(pin).toThrow(HeadroomError);
        return;
      }
      const handoff = pin();
      expect(tokensOf(handoff.entries)).toBeLessThanOrEqual(budget);
      const all = [...handoff.entries, ...handoff.leftOut].map(({ key }) => key);
      expect(all.toSorted()).toEqual(keys.toSorted());
      for (const list of [handoff.entries, handoff.leftOut]) {
        const places = list.map(({ key }) => keys.indexOf(key));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }
      // What was left out did not fit beside what stands before it.
      for (const left of handoff.leftOut) {
        const before = handoff.entries.filter(({ key }) => keys.indexOf(key) < keys.indexOf(left.key));
        expect(tokensOf(before) + left.compressedTokens).toBeGreaterThan(budget);
      }
    }),
  );
});

it('takes everything without a budget', () => {
  fc.assert(
    fc.property(costs, (tokens) => {
      const entries = tokens.map((cost, i) => anEntry(`k${i}`, cost));
      const handoff = pinEntries(aDraft(entries.map(({ key }) => key)), entries.map(found));
      expect(handoff).toMatchObject({ entries, leftOut: [] });
    }),
  );
});

it('says what would be needed where nothing fits', () => {
  const entries = [anEntry('large', 90), anEntry('small', 30)];
  const pin = () => pinEntries(aDraft(['large', 'small'], 29), entries.map(found));
  expect(pin).toThrow(/the smallest needs 30 compressed, all of them 120/);
});
