import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aFact } from '../../../../test/support/memories.js';
import type { Memory } from '../model/memory.js';
import { fuse } from './fuse.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const YEAR_MS = 365 * 86_400_000;

const aMemory = (id: string, overrides: Partial<Memory> = {}): Memory =>
  aFact(NOW, { id, content: id, contentHash: id, ...overrides });
const ranked = (...memories: Memory[]) => ({
  hits: memories.map((memory, i) => ({ memory, score: 100 - i })),
  full: 100,
});

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

  it('keeps the best of one arm above what both find, but poorly', () => {
    const [clear, both] = [aMemory('clear'), aMemory('both')];
    const hits = fuse(
      {
        keyword: {
          hits: [
            { memory: clear, score: 8 },
            { memory: both, score: 2 },
          ],
          full: 10,
        },
        semantic: { hits: [{ memory: both, score: 0.3 }], full: 1 },
      },
      NOW,
    );
    expect(hits.map((hit) => hit.memory.id)).toEqual(['clear', 'both']);
  });

  it('lets meaning lead where the words found little of what was asked', () => {
    const [poor, meant] = [aMemory('poor'), aMemory('meant')];
    const hits = fuse(
      {
        keyword: { hits: [{ memory: poor, score: 1 }], full: 10 },
        semantic: { hits: [{ memory: meant, score: 0.8 }], full: 1 },
      },
      NOW,
    );
    expect(hits.map((hit) => hit.memory.id)).toEqual(['meant', 'poor']);
  });

  it('does not let the background of the vectors reorder what the words found', () => {
    const filler = Array.from({ length: 30 }, (_, i) => ({ memory: aMemory(`s${i}`), score: 0.8 - i / 100 }));
    const [better, worse] = [aMemory('better'), aMemory('worse')];
    const hits = fuse(
      {
        keyword: {
          hits: [
            { memory: better, score: 8 },
            { memory: worse, score: 7.5 },
          ],
          full: 10,
        },
        // Nearer than the other one by the vectors, but both no nearer than anything else.
        semantic: {
          hits: [...filler, { memory: worse, score: 0.48 }, { memory: better, score: 0.3 }],
          full: 1,
        },
      },
      NOW,
    );
    expect(hits.slice(0, 2).map((hit) => hit.memory.id)).toEqual(['better', 'worse']);
  });

  it('lets meaning count for more the further a hit stands out', () => {
    const [said, meant] = [aMemory('said'), aMemory('meant')];
    const first = (nearness: number): string | undefined => {
      const filler = Array.from({ length: 30 }, (_, i) => ({ memory: aMemory(`s${i}`), score: 0.4 }));
      const arms = {
        keyword: { hits: [{ memory: said, score: 2 }], full: 10 },
        semantic: { hits: [{ memory: meant, score: nearness }, ...filler], full: 1 },
      };
      return fuse(arms, NOW)[0]?.memory.id;
    };
    expect(first(0.9)).toBe('meant');
    expect(first(0.45)).toBe('said');
  });

  it('takes of two memories equally near the one that tells, not the one that asks', () => {
    // Of equals the one with the later id would come first.
    const asks = aMemory('z', { content: 'Which instrument does Ada play?' });
    const tells = aMemory('a', { content: 'Ada plays the violin.' });
    const word = { hits: [{ memory: aMemory('word'), score: 5 }], full: 10 };
    const meaning = (...memories: Memory[]) => ({
      hits: memories.map((memory) => ({ memory, score: 0.7 })),
      full: 1,
    });
    const order = (arms: Parameters<typeof fuse>[0]): string[] =>
      fuse(arms, NOW)
        .map((hit) => hit.memory.id)
        .filter((id) => id !== 'word');
    expect(order({ keyword: word, semantic: meaning(asks, tells) })).toEqual(['a', 'z']);
    expect(order({ keyword: word, semantic: meaning(tells, asks) })).toEqual(['a', 'z']);
  });

  it('never ranks a hit lower for being nearer', () => {
    const nearness = fc.double({ min: 0.2, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(nearness, { minLength: 1, maxLength: 40 }), nearness, (scores, moved) => {
        const rankOfLast = (last: number): number => {
          const hits = [...scores, last]
            .map((score, i) => ({ memory: aMemory(`m${String(i).padStart(2, '0')}`), score }))
            .sort((a, b) => b.score - a.score);
          const keyword = { hits: [{ memory: aMemory('word'), score: 1 }], full: 10 };
          const order = fuse({ keyword, semantic: { hits, full: 1 } }, NOW).map((hit) => hit.memory.id);
          return order.indexOf(`m${String(scores.length).padStart(2, '0')}`);
        };
        expect(rankOfLast(Math.max(moved, 0.5))).toBeLessThanOrEqual(rankOfLast(Math.min(moved, 0.5)));
      }),
    );
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
        // The first matches by a quarter more than the second, which is the best of all others.
        const arm = {
          hits: memories.map((memory, i) => ({ memory, score: i === 0 ? 100 : 81 - i })),
          full: 100,
        };
        const hits = fuse({ keyword: arm, semantic: arm }, NOW);
        expect(hits[0]?.memory.id).toBe('m00');
        for (const { score } of hits) {
          expect(score).toBeGreaterThan(0);
          expect(score).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
