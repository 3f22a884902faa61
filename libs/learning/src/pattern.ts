import type { FieldType } from './structure/field-traits.js';

/** What was seen lately: each further output makes all before it count a little less. */
export interface Evidence {
  readonly outputs: number;
  readonly retrievals: number;
  readonly fullRetrievals: number;
}

/** What is known of a field: counts, types and shares, never a value. */
export interface KnownField {
  readonly types: readonly FieldType[];
  /** Outputs that had it. */
  readonly outputs: number;
  /** Sums over these outputs of the shares of rows where it was filled, and of different values among them. */
  readonly filled: number;
  readonly distinct: number;
  /** Retrievals whose query was about it. */
  readonly queried: number;
  /** Retrievals that found rows which have it, where few others do. */
  readonly exceptional: number;
}

/** Which outputs a pattern is of. */
export interface PatternKey {
  readonly signature: string;
  /** Empty for outputs of no named tool. */
  readonly toolName: string;
}

/** What is known of the outputs of one structure from one tool. */
export interface ToolPattern extends PatternKey {
  readonly kind: string;
  readonly compressions: number;
  readonly retrievals: number;
  readonly fullRetrievals: number;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  /** Items, lines or matches of all outputs, how many of them stayed, and how many were retrieved. */
  readonly itemsBefore: number;
  readonly itemsAfter: number;
  readonly itemsRetrieved: number;
  /** Over about fifty outputs, and over about five: where they differ, something has changed. */
  readonly lately: Evidence;
  readonly latest: Evidence;
  readonly fields: Readonly<Record<string, KnownField>>;
  /** What queries were about, as the names of the fields they hit, such as `name + status` → how often. */
  readonly queries: Readonly<Record<string, number>>;
}

export const NO_EVIDENCE: Evidence = { outputs: 0, retrievals: 0, fullRetrievals: 0 };

export function emptyPattern({ signature, toolName }: PatternKey, kind: string): ToolPattern {
  return {
    signature,
    toolName,
    kind,
    compressions: 0,
    retrievals: 0,
    fullRetrievals: 0,
    tokensBefore: 0,
    tokensAfter: 0,
    itemsBefore: 0,
    itemsAfter: 0,
    itemsRetrieved: 0,
    lately: NO_EVIDENCE,
    latest: NO_EVIDENCE,
    fields: {},
    queries: {},
  };
}
