import { memberSpans } from '#libs/json-text';
import { invalid } from '#libs/kernel';
import type {
  EntryPage,
  EntryView,
  GetOptions,
  PutOutcome,
  PutRequest,
  SharedContent,
  SharedContextConfig,
  SharedContextTotals,
  SharedEntrySummary,
} from '#libs/shared-context';
import type { Answer } from '../../http/answer.js';
import { etagOf, ifMatch } from '../../http/etag.js';
import type { ExactBody } from '../../http/exact-body.js';
import { toPage, type PageOnTheWire } from '../../http/page.schema.js';
import { fromDate, toFlag } from '../../http/wire-value.schema.js';
import type { GetEntry, PutConfig, PutEntry } from './shared-contexts.schema.js';
import type { Wire } from '../../http/wire.js';

export interface PutHeaders {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

export function toPutRequest(
  context: string,
  key: string,
  body: ExactBody<PutEntry>,
  headers: PutHeaders,
): PutRequest {
  const { agent, user_id: userId, ttl_seconds: ttlSeconds, metadata, derived_from: sources } = body.value;
  const derivedFrom = sources?.map((source) => (typeof source === 'string' ? { key: source } : source));
  const condition = toCondition(headers);
  return {
    context,
    key,
    content: toContent(body),
    agent,
    userId,
    ttlSeconds,
    metadata,
    derivedFrom,
    condition,
  };
}

/** Text is the string itself; any other value is its own JSON text, taken from the body as it was sent. */
function toContent({ value, text }: ExactBody<PutEntry>): SharedContent {
  if (typeof value.content === 'string') return { kind: 'text', text: value.content };
  const span = memberSpans(text).findLast(({ key }) => key === 'content');
  return { kind: 'json', text: span === undefined ? '' : text.slice(span.start, span.end) };
}

function toCondition(headers: PutHeaders): PutRequest['condition'] {
  if (headers.ifNoneMatch === undefined) return ifMatch(headers.ifMatch);
  if (headers.ifMatch !== undefined || headers.ifNoneMatch.trim() !== '*') {
    throw invalid([{ path: 'If-None-Match', message: 'must be * and stand without If-Match' }]);
  }
  return { kind: 'absent' };
}

export function toGetOptions(query: GetEntry): GetOptions {
  return { full: toFlag(query.full), query: query.query };
}

export function toConfig(body: PutConfig): Partial<SharedContextConfig> {
  return { model: body.model, ttlSeconds: body.ttl_seconds, maxEntries: body.max_entries };
}

export function fromEntry(entry: SharedEntrySummary): Wire {
  return {
    context: entry.context,
    key: entry.key,
    agent: entry.agent ?? null,
    user_id: entry.userId ?? null,
    version: entry.version,
    hash: entry.hash,
    original_tokens: entry.originalTokens,
    compressed_tokens: entry.compressedTokens,
    savings_percent: savingsPercent(entry.originalTokens, entry.compressedTokens),
    transforms: entry.transforms,
    derived_from: entry.derivedFrom.map(({ key, version }) => ({ key, version })),
    metadata: entry.metadata,
    created_at: fromDate(entry.createdAt),
    expires_at: fromDate(entry.expiresAt),
  };
}

/** 201 for a new entry, 200 for the next version of one. */
export function fromPut({ entry, created, evicted }: PutOutcome): Answer<Wire> {
  return {
    status: created ? 201 : 200,
    headers: { etag: etagOf(entry.version) },
    body: { ...fromEntry(entry), evicted },
  };
}

/** The entry as JSON text: a JSON content goes in as its own text, so that its numbers keep their literals. */
export function fromView({ entry, content }: EntryView): Answer<string> {
  return {
    headers: { etag: etagOf(entry.version), 'content-type': 'application/json; charset=utf-8' },
    body: `${JSON.stringify(fromEntry(entry)).slice(0, -1)},"content":${contentText(content)}}`,
  };
}

/** A content as JSON text: JSON as it stands, so that its numbers keep their literals, and text as a string. */
export function contentText({ kind, text }: SharedContent): string {
  return kind === 'json' && isJson(text) ? text : JSON.stringify(text);
}

export function fromEntries(page: EntryPage): PageOnTheWire<Wire> {
  return toPage(page, fromEntry);
}

export function fromTotals(totals: SharedContextTotals): Wire {
  const { entries, totalOriginalTokens, totalCompressedTokens } = totals;
  return {
    entries,
    total_original_tokens: totalOriginalTokens,
    total_compressed_tokens: totalCompressedTokens,
    total_tokens_saved: totalOriginalTokens - totalCompressedTokens,
    savings_percent: savingsPercent(totalOriginalTokens, totalCompressedTokens),
  };
}

export function fromConfig(config: SharedContextConfig): Wire {
  return { model: config.model ?? null, ttl_seconds: config.ttlSeconds, max_entries: config.maxEntries };
}

export function fromCleared(entries: number): Wire {
  return { deleted: { entries } };
}

function savingsPercent(original: number, compressed: number): number {
  return original === 0 ? 0 : ((original - compressed) / original) * 100;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
