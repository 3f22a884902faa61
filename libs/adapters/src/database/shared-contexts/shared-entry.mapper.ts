import type { JsonObject } from '#libs/kernel';
import type { EntrySource, SharedContextConfig, SharedEntry, SharedEntrySummary } from '#libs/shared-context';
import { decodeText, encodeText, labelText } from '../exact-text.js';
import { bytes, instant, isNull, json, numeric, optionalText, type Row, text } from '../row.js';
import { type Sql, sql } from '../sql.js';

/** All that {@link toSummary} reads. */
export const SUMMARY_COLUMNS = `address, context, entry_key, agent, user_id, version, hash, content_kind, original_tokens,
  compressed_tokens, transforms, metadata, created_at, expires_at, sequence`;

export const ENTRY_COLUMNS = `tenant_id, address, context_address, context, entry_key, agent, user_id, version, hash,
  content_kind, original, compressed, original_tokens, compressed_tokens, transforms, metadata, created_at, expires_at,
  sequence, gone_at`;

export interface EntryPlace {
  readonly tenantId: string;
  readonly address: string;
  readonly contextAddress: string;
  /** Orders the entries of a context by their last put. */
  readonly sequence: Sql;
}

/** In the order of {@link ENTRY_COLUMNS}. */
export function entryValues(place: EntryPlace, entry: SharedEntry): Sql {
  return sql`(${place.tenantId}, ${place.address}, ${place.contextAddress}, ${encodeText(entry.context)},
    ${encodeText(entry.key)}, ${entry.agent === undefined ? undefined : encodeText(entry.agent)}, ${entry.userId},
    ${entry.version}, ${entry.hash}, ${entry.contentKind}, ${encodeText(entry.original)},
    ${encodeText(entry.compressed)}, ${entry.originalTokens}, ${entry.compressedTokens},
    ${JSON.stringify(entry.transforms)}, ${JSON.stringify(entry.metadata)}, ${entry.createdAt.getTime()},
    ${entry.expiresAt.getTime()}, ${place.sequence}, ${null})`;
}

/** By the addresses of the entries that were made from them. */
type Sources = ReadonlyMap<string, readonly EntrySource[]>;

export function toSummary(row: Row, sources: Sources): SharedEntrySummary {
  const userId = optionalText(row, 'user_id');
  return {
    context: decodeText(bytes(row, 'context')),
    key: decodeText(bytes(row, 'entry_key')),
    ...(isNull(row, 'agent') ? {} : { agent: decodeText(bytes(row, 'agent')) }),
    ...(userId === undefined ? {} : { userId }),
    version: numeric(row, 'version'),
    hash: text(row, 'hash'),
    contentKind: text(row, 'content_kind') === 'json' ? 'json' : 'text',
    originalTokens: numeric(row, 'original_tokens'),
    compressedTokens: numeric(row, 'compressed_tokens'),
    transforms: json(row, 'transforms') as string[],
    derivedFrom: sources.get(text(row, 'address')) ?? [],
    metadata: json(row, 'metadata') as JsonObject,
    createdAt: instant(row, 'created_at'),
    expiresAt: instant(row, 'expires_at'),
  };
}

export function toEntry(row: Row, sources: Sources): SharedEntry {
  return {
    ...toSummary(row, sources),
    original: decodeText(bytes(row, 'original')),
    compressed: decodeText(bytes(row, 'compressed')),
  };
}

export function toConfig(row: Row): SharedContextConfig {
  const model = optionalText(row, 'model');
  return {
    ...(model === undefined ? {} : { model }),
    ttlSeconds: numeric(row, 'ttl_seconds'),
    maxEntries: numeric(row, 'max_entries'),
  };
}

/** In the order tenant_id, context_address, context, model, ttl_seconds, max_entries. */
export function configValues(
  tenantId: string,
  contextAddress: string,
  context: string,
  config: SharedContextConfig,
): Sql {
  const model = config.model === undefined ? undefined : labelText(config.model);
  return sql`(${tenantId}, ${contextAddress}, ${encodeText(context)}, ${model}, ${config.ttlSeconds},
    ${config.maxEntries})`;
}
