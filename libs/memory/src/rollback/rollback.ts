import type { Scope } from '#libs/kernel';
import type { Memory } from '../model/memory.js';

/** Which scope (with all below it) returns to what was current when. */
export interface RollbackRequest {
  readonly scope: Scope;
  /** An instant of recorded time, not after now. */
  readonly to: Date;
  /** Writes nothing and tells what would be done; default false. */
  readonly dryRun?: boolean | undefined;
}

/** What a store rolls back, at a `now` from the clock. */
export interface Rollback extends RollbackRequest {
  readonly now: Date;
}

export interface RollbackChange {
  /** `restore`: the memory whose content came back; `retire`: the memory that stopped being current. */
  readonly id: string;
  readonly action: 'restore' | 'retire';
  /** What was current in the chain, if anything was. */
  readonly before?: Memory | undefined;
  /** `restore` alone: the new link. In a dry run it is not stored, and its id is not the one that a run would give. */
  readonly after?: Memory | undefined;
}
