import { boundedFields, boundedQueries } from './learn-from.js';
import type { Evidence, KnownField, ToolPattern } from './pattern.js';

/** What two patterns know together, as one under the key of the first. */
export function addPatterns(a: ToolPattern, b: ToolPattern): ToolPattern {
  return {
    signature: a.signature,
    toolName: a.toolName,
    kind: a.kind,
    compressions: a.compressions + b.compressions,
    retrievals: a.retrievals + b.retrievals,
    fullRetrievals: a.fullRetrievals + b.fullRetrievals,
    tokensBefore: a.tokensBefore + b.tokensBefore,
    tokensAfter: a.tokensAfter + b.tokensAfter,
    itemsBefore: a.itemsBefore + b.itemsBefore,
    itemsAfter: a.itemsAfter + b.itemsAfter,
    itemsRetrieved: a.itemsRetrieved + b.itemsRetrieved,
    lately: addEvidence(a.lately, b.lately),
    latest: addEvidence(a.latest, b.latest),
    fields: boundedFields(addEach(a.fields, b.fields, addFields)),
    queries: boundedQueries(addEach(a.queries, b.queries, (x, y) => x + y)),
  };
}

/** Patterns added up by a key of theirs, in the order in which the keys come first. */
export function pooledBy(
  patterns: readonly ToolPattern[],
  keyOf: (pattern: ToolPattern) => string,
): ReadonlyMap<string, ToolPattern> {
  const pooled = new Map<string, ToolPattern>();
  for (const pattern of patterns) {
    const known = pooled.get(keyOf(pattern));
    pooled.set(keyOf(pattern), known === undefined ? pattern : addPatterns(known, pattern));
  }
  return pooled;
}

function addEvidence(a: Evidence, b: Evidence): Evidence {
  return {
    outputs: a.outputs + b.outputs,
    retrievals: a.retrievals + b.retrievals,
    fullRetrievals: a.fullRetrievals + b.fullRetrievals,
  };
}

function addFields(a: KnownField, b: KnownField): KnownField {
  return {
    types: [...new Set([...a.types, ...b.types])].sort(),
    outputs: a.outputs + b.outputs,
    filled: a.filled + b.filled,
    distinct: a.distinct + b.distinct,
    queried: a.queried + b.queried,
    exceptional: a.exceptional + b.exceptional,
  };
}

function addEach<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  add: (x: T, y: T) => T,
): Record<string, T> {
  const sum = new Map(Object.entries(a));
  for (const [name, value] of Object.entries(b)) {
    const known = sum.get(name);
    sum.set(name, known === undefined ? value : add(known, value));
  }
  return Object.fromEntries(sum);
}

/** Patterns of one key added up, most compressed first. */
export function pooledPatterns(patterns: readonly ToolPattern[]): ToolPattern[] {
  const keyOf = ({ signature, toolName }: ToolPattern): string => `${signature} ${toolName}`;
  return [...pooledBy(patterns, keyOf)]
    .sort(([a, x], [b, y]) => y.compressions - x.compressions || (a < b ? -1 : 1))
    .map(([, pattern]) => pattern);
}
