import { scopeLevel, SCOPE_LEVELS } from '#libs/kernel';
import type { ArmSignal, Boosts, SearchHit } from '../contract.js';
import type { Memory } from '../model/memory.js';
import type { ArmHit } from '../ports/memory-store.js';
import { askedShare } from '../ranking/traits.js';

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
const ARM_WEIGHTS = { keyword: 1, semantic: 0.6 } as const;
const ARM_NAMES = ['keyword', 'semantic'] as const;
type ArmName = (typeof ARM_NAMES)[number];
/** An arm whose best hit is less than this share of a full match does not count as if it were one. */
const CLEAR_MATCH = 0.5;

/**
 * A vector is near to every question by some amount. Beside words it counts by how far it stands out from the twentieth
 * hit, and nearly nothing below: so what the words found is not reordered by that background.
 */
const BACKGROUND_RANK = 20;
const BACKGROUND_SHARE = 0.05;

/** Nearest to a question is often another one, which tells nothing; a text that is longer than a question tells as well. */
const ASKING_DISCOUNT = 0.5;
const QUESTION_CHARACTERS = 150;

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
 * The union of the arms' candidates, best first: the weighted mean of their scores, each as a share of its arm's best, or
 * of a full match (convex combination; Bruch et al., "An Analysis of Fusion Functions for Hybrid Retrieval", 2023), lifted by a
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
    const arm = arms[name] ?? NO_ARM;
    const shares = sharesOf(name, arm, ran.length > 1);
    arm.hits.forEach(({ memory, score }, i) => {
      const candidate = candidates.get(memory.id) ?? { memory, share: 0 };
      candidate[name] = { rank: i + 1, score };
      candidate.share += (ARM_WEIGHTS[name] / weights) * (shares[i] ?? 0);
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

/** What each hit is worth, 0–1. */
function sharesOf(name: ArmName, { hits, full }: Arm, isBesideWords: boolean): number[] {
  if (name === 'semantic' && isBesideWords) return outstandingShares(hits, full);
  const best = Math.max(hits[0]?.score ?? 0, full * CLEAR_MATCH);
  return hits.map(({ score }) => score / best);
}

/**
 * By how much of the way from the background to a full match: so a model that tells its hits apart counts for more than
 * one to which everything is alike.
 */
function outstandingShares(hits: readonly ArmHit[], full: number): number[] {
  const scores = hits.map(({ memory, score }) => score * tellingShare(memory));
  const background = [...scores].sort((a, b) => b - a)[BACKGROUND_RANK - 1] ?? 0;
  const way = Math.max(full - background, Number.EPSILON);
  return scores.map((score) => {
    const outstanding = Math.min(1, Math.max(0, score - background) / way);
    return BACKGROUND_SHARE * (score / full) + (1 - BACKGROUND_SHARE) * outstanding;
  });
}

function tellingShare({ content }: Memory): number {
  return 1 - ASKING_DISCOUNT * askedShare(content) * Math.min(1, QUESTION_CHARACTERS / content.length);
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
