import type { ListRequest, SearchRequest } from '../contract.js';
import type { MemoryListQuery, MemoryView } from '../ports/memory-store.js';

const DEFAULT_PAGE = 50;

/** What a request can see, at a `now` from the clock. */
export function viewOf(request: ListRequest | SearchRequest, now: Date): MemoryView {
  return {
    scope: request.scope,
    mode: request.scopeMode ?? 'resolve',
    now,
    asOf: request.asOf,
    knownAsOf: request.knownAsOf,
    includeSuperseded: request.includeSuperseded ?? false,
    filter: request.filter,
  };
}

export function listQueryOf(request: ListRequest, now: Date): MemoryListQuery {
  const { scopeLevel, category, subject, createdAfter, createdBefore, minImportance, cursor } = request;
  return {
    scopeLevel,
    category,
    subjects: subject === undefined ? undefined : [subject],
    createdAfter,
    createdBefore,
    minImportance,
    cursor,
    limit: request.limit ?? DEFAULT_PAGE,
    orderBy: request.orderBy ?? 'created_at',
    order: request.order ?? 'desc',
    view: viewOf(request, now),
  };
}
