import { scopeLevel, SCOPE_LEVELS } from '#libs/kernel';
import type { ArmSignal, Boosts, SearchHit } from '../contract.js';
import type { Memory } from '../model/memory.js';
import type { ArmHit } from '../ports/memory-store.js';
import { withNeighbours } from './neighbours.js';

/**
 * Reciprocal rank fusion (Cormack et al., SIGIR 2009). The paper's 60 suits lists of a thousand; with tens of
 * candidates 10 keeps the first hit of one arm above what both arms find only half-way down.
 */
export const RANK_OFFSET = 10;

/** What each boost can add at most: together less than the step from the third rank to the first. */
export const MAX_BOOSTS: Boosts = { importance: 0.1, recency: 0.05, scope: 0.03 };
const RECENCY_HALF_LIFE_DAYS = 30;
const DAY_MS = 86_400_000;
const MOST = 1 + MAX_BOOSTS.importance + MAX_BOOSTS.recency + MAX_BOOSTS.scope;

/** Small embedding models find fewer turns of LoCoMo than BM25 does (R@10 48 and 64), so their ranks count less. */
const ARM_WEIGHTS = { keyword: 1, semantic: 0.7 } as const;
const ARM_NAMES = ['keyword', 'semantic'] as const;

export interface Arms {
  readonly keyword?: readonly ArmHit[] | undefined;
  readonly semantic?: readonly ArmHit[] | undefined;
}

export interface FusedHit extends SearchHit {
  readonly boosts: Boosts;
}

/**
 * The union of the arms' candidates, best first: the sum of their reciprocal ranks as a share of the best possible,
 * lifted by a bounded factor for importance, recency and a narrow scope. Equal scores order by id, newest first.
 */
export function fuse(arms: Arms, at: Date): FusedHit[] {
  const ran = ARM_NAMES.filter((arm) => arms[arm] !== undefined);
  const best = ran.reduce((sum, arm) => sum + ARM_WEIGHTS[arm], 0) / (RANK_OFFSET + 1);
  const candidates = new Map<
    string,
    { memory: Memory; keyword?: ArmSignal; semantic?: ArmSignal; rank: number }
  >();
  for (const arm of ran) {
    withNeighbours(arms[arm] ?? []).forEach(({ memory, score }, i) => {
      const candidate = candidates.get(memory.id) ?? { memory, rank: 0 };
      candidate[arm] = { rank: i + 1, score };
      candidate.rank += ARM_WEIGHTS[arm] / (RANK_OFFSET + i + 1) / best;
      candidates.set(memory.id, candidate);
    });
  }
  return [...candidates.values()]
    .map(({ memory, keyword, semantic, rank }): FusedHit => {
      const boosts = boostsOf(memory, at);
      const factor = 1 + boosts.importance + boosts.recency + boosts.scope;
      return {
        memory,
        score: (rank * factor) / MOST,
        signals: { ...(semantic && { semantic }), ...(keyword && { keyword }) },
        scopeLevel: scopeLevel(memory.scope),
        boosts,
      };
    })
    .sort(byScore);
}

/** The share that each boost adds to a hit's score. */
export function boostsOf(memory: Memory, at: Date): Boosts {
  const ageDays = Math.max(0, (at.getTime() - memory.validFrom.getTime()) / DAY_MS);
  const depth = SCOPE_LEVELS.indexOf(scopeLevel(memory.scope)) / (SCOPE_LEVELS.length - 1);
  return {
    importance: MAX_BOOSTS.importance * memory.importance,
    recency: MAX_BOOSTS.recency * 0.5 ** (ageDays / RECENCY_HALF_LIFE_DAYS),
    scope: MAX_BOOSTS.scope * depth,
  };
}

export function byScore(a: SearchHit, b: SearchHit): number {
  return b.score - a.score || (a.memory.id < b.memory.id ? 1 : -1);
}
