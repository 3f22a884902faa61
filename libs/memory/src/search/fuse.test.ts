import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Memory } from '../model/memory.js';
import { fuse } from './fuse.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const YEAR_MS = 365 * 86_400_000;

function aMemory(id: string, overrides: Partial<Memory> = {}): Memory {
  return {
    id,
    scope: { userId: 'anna' },
    content: id,
    category: 'fact',
    importance: 0.5,
    entities: [],
    metadata: {},
    alsoSeen: [],
    validFrom: NOW,
    createdAt: NOW,
    updatedAt: NOW,
    accessCount: 0,
    contentHash: id,
    version: 1,
    ...overrides,
  };
}
const ranked = (...memories: Memory[]) => memories.map((memory, i) => ({ memory, score: 100 - i }));

describe('fusing the arms', () => {
  it('takes the union: what one arm alone finds is a candidate', () => {
    const hits = fuse(
      { keyword: ranked(aMemory('a'), aMemory('b')), semantic: ranked(aMemory('b'), aMemory('c')) },
      NOW,
    );
    expect(hits.map((hit) => hit.memory.id)).toEqual(['b', 'a', 'c']);
    expect(hits[0]?.signals).toEqual({ keyword: { rank: 2, score: 99 }, semantic: { rank: 1, score: 100 } });
    expect(hits[2]?.signals).toEqual({ semantic: { rank: 2, score: 99 } });
  });

  it('keeps the first of one arm above what both find only half-way down', () => {
    const filler = (prefix: string) => Array.from({ length: 25 }, (_, i) => aMemory(`${prefix}${i}`));
    const both = aMemory('both');
    const hits = fuse(
      {
        keyword: ranked(aMemory('first'), ...filler('k'), both),
        semantic: ranked(...filler('s'), both),
      },
      NOW,
    );
    const place = (id: string) => hits.findIndex((hit) => hit.memory.id === id);
    expect(place('first')).toBeLessThan(place('both'));
  });

  it('lets importance reorder neighbours', () => {
    const hits = fuse(
      {
        keyword: ranked(
          aMemory('x'),
          aMemory('y'),
          aMemory('plain', { importance: 0 }),
          aMemory('key', { importance: 1 }),
        ),
      },
      NOW,
    );
    const order = hits.map((hit) => hit.memory.id);
    expect(order.indexOf('key')).toBeLessThan(order.indexOf('plain'));
  });

  it('finds a turn of a conversation better when the turns beside it match', () => {
    const turn = (id: string, messageIndex: number) =>
      aMemory(id, { source: { conversationId: 'c', messageIndex } });
    const hits = fuse({ keyword: ranked(aMemory('lone'), turn('question', 4), turn('answer', 5)) }, NOW);
    expect(hits.map((hit) => hit.memory.id)).toEqual(['question', 'answer', 'lone']);
  });

  const boostable = fc.record({
    importance: fc.double({ min: 0, max: 1, noNaN: true }),
    years: fc.double({ min: 0, max: 20, noNaN: true }),
    depth: fc.nat(3),
  });

  it('never lets boosts bury a clear match, and scores within 0–1', () => {
    fc.assert(
      fc.property(fc.array(boostable, { minLength: 4, maxLength: 30 }), (traits) => {
        const memories = traits.map(({ importance, years, depth }, i) =>
          aMemory(`m${String(i).padStart(2, '0')}`, {
            importance,
            validFrom: new Date(NOW.getTime() - years * YEAR_MS),
            scope: {
              userId: 'anna',
              ...(depth > 0 && { sessionId: 's' }),
              ...(depth > 1 && { agentId: 'a' }),
              ...(depth > 2 && { turnId: 't' }),
            },
          }),
        );
        const hits = fuse({ keyword: ranked(...memories), semantic: ranked(...memories) }, NOW);
        expect(hits.findIndex((hit) => hit.memory.id === 'm00')).toBeLessThanOrEqual(1);
        for (const { score } of hits) {
          expect(score).toBeGreaterThan(0);
          expect(score).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
