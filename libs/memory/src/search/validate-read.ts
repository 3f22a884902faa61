import { invalid, type Fault } from '#libs/kernel';
import type { ListRequest, SearchRequest } from '../contract.js';
import { validateScope } from '../write/validate-draft.js';

export const TOP_K_MAX = 100;
export const LIST_LIMIT_MAX = 200;

export function validateSearch(request: SearchRequest): void {
  validateScope(request.scope);
  const { query, topK, minScore, maxTokens, asOf, knownAsOf } = request;
  refuse([
    ...(query.trim() === '' ? [{ path: 'query', message: 'must not be empty' }] : []),
    ...within('top_k', topK, 1, TOP_K_MAX),
    ...(minScore !== undefined && !(minScore >= 0 && minScore <= 1)
      ? [{ path: 'min_score', message: 'must be a number from 0 to 1' }]
      : []),
    ...within('max_tokens', maxTokens, 0, Number.MAX_SAFE_INTEGER),
    ...time('as_of', asOf),
    ...time('known_as_of', knownAsOf),
  ]);
}

export function validateList(request: ListRequest): void {
  validateScope(request.scope);
  refuse([
    ...within('limit', request.limit, 1, LIST_LIMIT_MAX),
    ...time('as_of', request.asOf),
    ...time('known_as_of', request.knownAsOf),
    ...time('created_after', request.createdAfter),
    ...time('created_before', request.createdBefore),
  ]);
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw invalid(faults);
}

function within(path: string, value: number | undefined, least: number, most: number): Fault[] {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return [];
  return [{ path, message: `must be a whole number from ${least} to ${most}` }];
}

function time(path: string, value: Date | undefined): Fault[] {
  return value !== undefined && Number.isNaN(value.getTime()) ? [{ path, message: 'must be a time' }] : [];
}
