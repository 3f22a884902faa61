import type { Observation, OutputObservation, OutputOutcome, RetrievalObservation } from './observation.js';
import { emptyPattern, type Evidence, type KnownField, type ToolPattern } from './pattern.js';
import { MAX_FIELDS } from './structure/field-traits.js';

/** What one more output leaves of the weight of those before: about fifty, and about five, count. */
const LATELY = 0.98;
const LATEST = 0.8;
/** Kinds of queries beyond the most frequent are forgotten. */
const MAX_QUERIES = 16;
const NEW_FIELD: KnownField = { types: [], outputs: 0, filled: 0, distinct: 0, queried: 0, exceptional: 0 };

/** The pattern with one more observation; `undefined` before the first. */
export function learnFrom(pattern: ToolPattern | undefined, observation: Observation): ToolPattern {
  return observation.type === 'output'
    ? withOutput(pattern ?? emptyPattern(observation, observation.kind), observation)
    : withRetrieval(pattern ?? emptyPattern(observation, 'unknown'), observation);
}

function withOutput(pattern: ToolPattern, output: OutputObservation): ToolPattern {
  return {
    ...pattern,
    kind: output.kind,
    compressions: pattern.compressions + (output.tokensAfter < output.tokensBefore ? 1 : 0),
    tokensBefore: pattern.tokensBefore + output.tokensBefore,
    tokensAfter: pattern.tokensAfter + output.tokensAfter,
    itemsBefore: pattern.itemsBefore + output.itemsBefore,
    itemsAfter: pattern.itemsAfter + output.itemsAfter,
    lately: withOneOutput(pattern.lately, output.outcome, LATELY),
    latest: withOneOutput(pattern.latest, output.outcome, LATEST),
    fields: boundedFields(
      output.fields.reduce<Record<string, KnownField>>(
        (fields, { name, types, filled, distinct }) => {
          const known = ownField(fields, name);
          fields[name] = {
            ...known,
            types: [...new Set([...known.types, ...types])].sort(),
            outputs: known.outputs + 1,
            filled: known.filled + filled,
            distinct: known.distinct + distinct,
          };
          return fields;
        },
        { ...pattern.fields },
      ),
    ),
  };
}

function withRetrieval(pattern: ToolPattern, retrieval: RetrievalObservation): ToolPattern {
  const { queried, exceptional, itemsRetrieved } = retrieval;
  const full = retrieval.retrievalType === 'full' ? 1 : 0;
  const fields: Record<string, KnownField> = { ...pattern.fields };
  for (const name of queried)
    fields[name] = { ...ownField(fields, name), queried: ownField(fields, name).queried + 1 };
  for (const name of exceptional)
    fields[name] = { ...ownField(fields, name), exceptional: ownField(fields, name).exceptional + 1 };
  return {
    ...pattern,
    retrievals: pattern.retrievals + 1,
    fullRetrievals: pattern.fullRetrievals + full,
    itemsRetrieved: pattern.itemsRetrieved + itemsRetrieved,
    lately: withOneRetrieval(pattern.lately, full),
    latest: withOneRetrieval(pattern.latest, full),
    fields: boundedFields(fields),
    queries:
      queried.length === 0 ? pattern.queries : withQuery(pattern.queries, queried.slice(0, 4).join(' + ')),
  };
}

function withOneOutput(evidence: Evidence, outcome: OutputOutcome, weight: number): Evidence {
  if (outcome === 'lossless') return evidence;
  return {
    outputs: evidence.outputs * weight + (outcome === 'shortened' ? 1 : 0),
    retrievals: evidence.retrievals * weight,
    fullRetrievals: evidence.fullRetrievals * weight,
  };
}

function withOneRetrieval(evidence: Evidence, full: number): Evidence {
  return {
    outputs: evidence.outputs,
    retrievals: evidence.retrievals + 1,
    fullRetrievals: evidence.fullRetrievals + full,
  };
}

/** Of too many fields, those asked for most stay, then those met most. */
export function boundedFields(fields: Readonly<Record<string, KnownField>>): Record<string, KnownField> {
  const all = Object.entries(fields);
  if (all.length <= MAX_FIELDS) return { ...fields };
  const asked = (field: KnownField) => field.queried + field.exceptional;
  return Object.fromEntries(
    all
      .sort(([a, x], [b, y]) => asked(y) - asked(x) || y.outputs - x.outputs || (a < b ? -1 : 1))
      .slice(0, MAX_FIELDS),
  );
}

function withQuery(queries: Readonly<Record<string, number>>, query: string): Record<string, number> {
  return boundedQueries({
    ...queries,
    [query]: (Object.hasOwn(queries, query) ? (queries[query] ?? 0) : 0) + 1,
  });
}

/** Of equally frequent ones the newest stay. */
export function boundedQueries(queries: Readonly<Record<string, number>>): Record<string, number> {
  const all = Object.entries(queries);
  if (all.length <= MAX_QUERIES) return { ...queries };
  const kept = all
    .toReversed()
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_QUERIES);
  return Object.fromEntries(kept.reverse());
}

function ownField(fields: Readonly<Record<string, KnownField>>, name: string): KnownField {
  return (Object.hasOwn(fields, name) ? fields[name] : undefined) ?? NEW_FIELD;
}
