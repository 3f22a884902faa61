import type { Original, RetrievalEvent, StoredOriginal } from '#libs/ccr';
import { decodeText, encodeText, labelText } from '../exact-text.js';
import { bytes, instant, isNull, numeric, optionalText, type Row, text } from '../row.js';
import { type Sql, sql } from '../sql.js';
import { NOBODY } from '../visibility.js';

export const ORIGINAL_COLUMNS = `tenant_id, hash, user_id, content, tool_name, signature, original_tokens, compressed_tokens,
  original_item_count, compressed_item_count, retrieval_count, created_at, last_accessed_at`;

/** One original as a row of values, in the order of {@link ORIGINAL_COLUMNS}. */
export function originalValues(tenantId: string, original: Original, now: number): Sql {
  const { hash, userId = NOBODY, content, toolName } = original;
  return sql`(${tenantId}, ${hash}, ${userId}, ${encodeText(content)},
    ${toolName === undefined ? undefined : labelText(toolName)}, ${original.signature}, ${original.originalTokens},
    ${original.compressedTokens}, ${original.originalItemCount}, ${original.compressedItemCount}, 0, ${now}, ${now})`;
}

export function toOriginal(row: Row): StoredOriginal {
  const owner = text(row, 'user_id');
  const toolName = optionalText(row, 'tool_name');
  const signature = optionalText(row, 'signature');
  return {
    hash: text(row, 'hash'),
    content: decodeText(bytes(row, 'content')),
    ...(owner === NOBODY ? {} : { userId: owner }),
    ...(toolName === undefined ? {} : { toolName }),
    ...(signature === undefined ? {} : { signature }),
    originalTokens: numeric(row, 'original_tokens'),
    compressedTokens: numeric(row, 'compressed_tokens'),
    originalItemCount: numeric(row, 'original_item_count'),
    compressedItemCount: numeric(row, 'compressed_item_count'),
    createdAt: instant(row, 'created_at'),
    lastAccessedAt: instant(row, 'last_accessed_at'),
    retrievalCount: numeric(row, 'retrieval_count'),
  };
}

export const EVENT_COLUMNS = `tenant_id, user_id, hash, query, items_retrieved, total_items, tool_name,
  retrieval_type, at`;

/** In the order of {@link EVENT_COLUMNS}. */
export function eventValues(tenantId: string, owner: string, event: RetrievalEvent): Sql {
  const { query, toolName } = event;
  return sql`(${tenantId}, ${owner}, ${event.hash}, ${query === undefined ? undefined : encodeText(query)},
    ${event.itemsRetrieved}, ${event.totalItems}, ${toolName === undefined ? undefined : labelText(toolName)},
    ${event.retrievalType}, ${event.at.getTime()})`;
}

export function toEvent(row: Row): RetrievalEvent {
  const owner = text(row, 'user_id');
  const toolName = optionalText(row, 'tool_name');
  return {
    hash: text(row, 'hash'),
    ...(owner === NOBODY ? {} : { userId: owner }),
    ...(isNull(row, 'query') ? {} : { query: decodeText(bytes(row, 'query')) }),
    itemsRetrieved: numeric(row, 'items_retrieved'),
    totalItems: numeric(row, 'total_items'),
    ...(toolName === undefined ? {} : { toolName }),
    retrievalType: text(row, 'retrieval_type') === 'full' ? 'full' : 'search',
    at: instant(row, 'at'),
  };
}
