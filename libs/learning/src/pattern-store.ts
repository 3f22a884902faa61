import type { Caller } from '#libs/kernel';

/** What is known of one tool's outputs: counts alone, never values. */
export interface ToolPattern {
  readonly toolName: string;
  readonly compressions: number;
  readonly retrievals: number;
  readonly fullRetrievals: number;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

/** Counts to add to a tool's pattern. */
export type PatternDelta = Partial<Omit<ToolPattern, 'toolName'>>;

/** Keeps learned patterns per tenant. */
export abstract class PatternStore {
  abstract add(caller: Caller, toolName: string, delta: PatternDelta): Promise<void>;
  abstract find(caller: Caller, toolName: string): Promise<ToolPattern | null>;
  /** Most compressed first. */
  abstract list(caller: Caller, limit: number): Promise<readonly ToolPattern[]>;
}
