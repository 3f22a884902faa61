import type { KnownField, ToolPattern } from './pattern.js';

/** What a field is for; the documented `field_semantics.inferred_type`. */
export type FieldMeaning =
  'error_indicator' | 'identifier' | 'score' | 'status' | 'temporal' | 'content' | 'unknown';

export interface InferredMeaning {
  readonly meaning: FieldMeaning;
  /** 0–1, growing with the outputs that had the field. */
  readonly confidence: number;
}

const ERROR_NAME =
  /(?:^|[_.\s-])(?:last_?)?(?:errors?|err|exceptions?|failures?|faults?|traceback|stack_?trace)(?:_?(?:message|msg|code|type|details?|reason|text))?$/i;
const TIME_NAME = /(?:_at|At|_on|time|date|timestamp|_ts)$/;
const SCORE_NAME = /(?:score|rank|rating|confidence|relevance|similarity|probability|weight)$/i;
const STATUS_NAME = /(?:status|state|level|severity|type|kind|category|phase|result|outcome)$/i;
const ID_NAME = /(?:^|[_.-])(?:id|uuid|guid|key|sha|hash|slug|login|number|code)$|Id$/i;

/** So often must retrievals have found rows by a field that few rows have, and in this share of all retrievals. */
const MIN_EXCEPTIONS = 3;
const EXCEPTION_SHARE = 0.5;
/** More of the rows have a field that is nothing exceptional. */
const SPARSE = 0.34;
const ALL_DIFFERENT = 0.95;
const FEW_DIFFERENT = 0.2;
const HALF_CONFIDENCE_OUTPUTS = 5;

/** What a field is for, by what retrievals made of it first, then by its name, types and shares. */
export function meaningOf(name: string, field: KnownField, pattern: ToolPattern): InferredMeaning {
  const confidence = field.outputs / (field.outputs + HALF_CONFIDENCE_OUTPUTS);
  return { meaning: inferred(name, field, pattern.retrievals), confidence };
}

function inferred(name: string, field: KnownField, retrievals: number): FieldMeaning {
  if (ERROR_NAME.test(name) || isSoughtException(field, retrievals)) return 'error_indicator';
  const isNumber = field.types.includes('number');
  const isText = field.types.includes('string');
  const distinct = field.distinct / Math.max(1, field.outputs);
  if (TIME_NAME.test(name) && (isNumber || isText)) return 'temporal';
  if (SCORE_NAME.test(name) && isNumber) return 'score';
  if (STATUS_NAME.test(name) && (isText || isNumber)) return 'status';
  if (ID_NAME.test(name) && distinct > FEW_DIFFERENT) return 'identifier';
  if (field.outputs === 0) return 'unknown';
  if (field.types.includes('boolean') || (isText && distinct <= FEW_DIFFERENT)) return 'status';
  if (isText && distinct >= ALL_DIFFERENT && field.queried > 0) return 'identifier';
  return isText ? 'content' : 'unknown';
}

/** Few rows have a value there, and those are what is asked back. */
function isSoughtException({ exceptional, filled, outputs }: KnownField, retrievals: number): boolean {
  return (
    exceptional >= MIN_EXCEPTIONS &&
    exceptional >= retrievals * EXCEPTION_SHARE &&
    filled <= SPARSE * Math.max(1, outputs)
  );
}

/** The fields that tell errors, sorted. */
export function errorFieldsOf(pattern: ToolPattern): string[] {
  return Object.entries(pattern.fields)
    .filter(([name, field]) => meaningOf(name, field, pattern).meaning === 'error_indicator')
    .map(([name]) => name)
    .sort();
}

/** Fields that few rows have and by which what is asked back was found, sorted. */
export function soughtFieldsOf(pattern: ToolPattern): string[] {
  return Object.entries(pattern.fields)
    .filter(([, field]) => isSoughtException(field, pattern.retrievals))
    .map(([name]) => name)
    .sort();
}

/** Queries about a field must come to this many, and to this share of all retrievals. */
const MIN_QUERIED = 2;
const QUERIED_SHARE = 0.2;
const MAX_PRESERVED = 3;

/** The fields that queries are mostly about, most asked first. */
export function queriedFieldsOf(pattern: ToolPattern): string[] {
  return Object.entries(pattern.fields)
    .filter(([, { queried }]) => queried >= MIN_QUERIED && queried >= pattern.retrievals * QUERIED_SHARE)
    .sort(([a, x], [b, y]) => y.queried - x.queried || (a < b ? -1 : 1))
    .slice(0, MAX_PRESERVED)
    .map(([name]) => name);
}
