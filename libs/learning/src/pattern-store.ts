import type { Caller } from '#libs/kernel';
import type { LearnedContent, LearnedSnapshot } from './learned-snapshot.js';
import type { Observation } from './observation.js';
import type { ToolPattern } from './pattern.js';

/** Patterns kept per tenant, of its own and of imported ones each; beyond it the longest unseen are forgotten. */
export const MAX_PATTERNS = 1_000;

/** What one server learned for one tenant. */
export interface LearnedHere {
  /** Names the place for good, so that what comes from there again replaces what came before. */
  readonly source: string;
  readonly patterns: readonly ToolPattern[];
}

/** What another server learned. */
export interface LearnedElsewhere extends LearnedHere {
  readonly exportedAt: Date;
}

/** Keeps learned patterns and their snapshots per tenant. */
export abstract class PatternStore {
  /** Learns from observations, in their order; all of them or none. */
  abstract learn(caller: Caller, observations: readonly Observation[]): Promise<void>;

  /** Own and imported patterns of one key added up, most compressed first. */
  abstract list(caller: Caller, limit: number): Promise<readonly ToolPattern[]>;

  /** Without what was imported; `newSource` names the place if it has no name yet. */
  abstract learnedHere(caller: Caller, newSource: string): Promise<LearnedHere>;

  /** Replaces what the same source gave before, unless that was as new. @returns whether anything changed. */
  abstract importFrom(caller: Caller, learned: LearnedElsewhere): Promise<boolean>;

  /** The last one published; number 0 before the first. */
  abstract snapshot(caller: Caller): Promise<LearnedSnapshot>;

  /** Publishes under the next number, unless the last one has the same content. */
  abstract publish(caller: Caller, content: LearnedContent): Promise<LearnedSnapshot>;
}
