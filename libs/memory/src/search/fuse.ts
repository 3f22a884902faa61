import { scopeLevel, SCOPE_LEVELS } from '#libs/kernel';
import type { ArmSignal, Boosts, SearchHit } from '../contract.js';
import type { Memory } from '../model/memory.js';
import type { ArmHit } from '../ports/memory-store.js';

/** What each boost can add at most: together less than a fifth, which reorders neighbours and buries no clear match. */
export const MAX_BOOSTS: Boosts = { importance: 0.1, recency: 0.05, scope: 0.03 };
const RECENCY_HALF_LIFE_DAYS = 30;
const DAY_MS = 86_400_000;
const NO_ARM: Arm = { hits: [], full: 1 };
const MOST = 1 + MAX_BOOSTS.importance + MAX_BOOSTS.recency + MAX_BOOSTS.scope;

/**
 * How much each arm counts. Small embedding models find far fewer turns of a conversation than words do (R@10 on LoCoMo
 * 48 and 64, as published), so they may lift and add, but not outvote.
 */
const ARM_WEIGHTS = { keyword: 1, semantic: 0.4 } as const;
const ARM_NAMES = ['keyword', 'semantic'] as const;
/** An arm whose best hit is less than this share of a full match does not count as if it were one. */
const CLEAR_MATCH = 0.5;

/**
 * A vector is near to every question by some amount. Beside words it counts by how far it stands out from the twentieth
 * hit, and nearly nothing below: so what the words found is not reordered by that background.
 */
const BACKGROUND_RANK = 20;
const BACKGROUND_SHARE = 0.05;

/** What one arm found, best first; `full` is what it would score a memory that says all of the question. */
export interface Arm {
  readonly hits: readonly ArmHit[];
  readonly full: number;
}

export interface Arms {
  readonly keyword?: Arm | undefined;
  readonly semantic?: Arm | undefined;
}

export interface FusedHit extends SearchHit {
  readonly boosts: Boosts;
}

/**
 * The union of the arms' candidates, best first: the weighted mean of their scores, each as a share of its arm's best
 * (convex combination; Bruch et al., "An Analysis of Fusion Functions for Hybrid Retrieval", 2023), lifted by a
 * bounded factor for importance, recency and a narrow scope. Equal scores order by id, newest first.
 */
export function fuse(arms: Arms, at: Date): FusedHit[] {
  const ran = ARM_NAMES.filter((name) => arms[name] !== undefined);
  const weights = ran.reduce((sum, name) => sum + ARM_WEIGHTS[name], 0);
  const candidates = new Map<
    string,
    { memory: Memory; keyword?: ArmSignal; semantic?: ArmSignal; share: number }
  >();
  for (const name of ran) {
    const { hits, full } = arms[name] ?? NO_ARM;
    const best = Math.max(hits[0]?.score ?? 0, full * CLEAR_MATCH);
    const isBesideWords = name === 'semantic' && ran.length > 1;
    const background = isBesideWords ? (hits[BACKGROUND_RANK - 1]?.score ?? 0) : 0;
    hits.forEach(({ memory, score }, i) => {
      const candidate = candidates.get(memory.id) ?? { memory, share: 0 };
      candidate[name] = { rank: i + 1, score };
      candidate.share += (ARM_WEIGHTS[name] / weights) * shareOf(score, best, background);
      candidates.set(memory.id, candidate);
    });
  }
  return [...candidates.values()]
    .map(({ memory, keyword, semantic, share }): FusedHit => {
      const boosts = boostsOf(memory, at);
      const factor = 1 + boosts.importance + boosts.recency + boosts.scope;
      return {
        memory,
        score: (share * factor) / MOST,
        signals: { ...(semantic && { semantic }), ...(keyword && { keyword }) },
        scopeLevel: scopeLevel(memory.scope),
        boosts,
      };
    })
    .sort(byScore);
}

/** 0–1, growing with the score: 1 for the best. */
function shareOf(score: number, best: number, background: number): number {
  if (background === 0) return score / best;
  const outstanding = Math.max(0, score - background) / Math.max(best - background, Number.EPSILON);
  return BACKGROUND_SHARE * (score / best) + (1 - BACKGROUND_SHARE) * Math.min(1, outstanding);
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
