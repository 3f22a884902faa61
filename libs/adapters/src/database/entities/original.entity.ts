import type { EntitySchema } from 'typeorm';
import { entityOf } from './columns.js';
import type { EntityColumns } from './columns.js';

export interface OriginalRow {
  tenantId: string;
  hash: string;
  userId: string;
  content: Buffer | null;
  toolName: string | null;
  signature: string | null;
  originalTokens: number;
  compressedTokens: number;
  originalItemCount: number;
  compressedItemCount: number;
  retrievalCount: number;
  createdAt: number;
  lastAccessedAt: number;
}

export function originalEntity(types: EntityColumns): EntitySchema<OriginalRow> {
  return entityOf<OriginalRow>('originals', {
    tenantId: { ...types.text, name: 'tenant_id', primary: true },
    hash: { ...types.text, primary: true },
    userId: { ...types.text, name: 'user_id', primary: true },
    content: { ...types.bytes, nullable: true },
    toolName: { ...types.text, name: 'tool_name', nullable: true },
    signature: { ...types.text, nullable: true },
    originalTokens: { ...types.big, name: 'original_tokens' },
    compressedTokens: { ...types.big, name: 'compressed_tokens' },
    originalItemCount: { ...types.big, name: 'original_item_count' },
    compressedItemCount: { ...types.big, name: 'compressed_item_count' },
    retrievalCount: { ...types.big, name: 'retrieval_count' },
    createdAt: { ...types.big, name: 'created_at' },
    lastAccessedAt: { ...types.big, name: 'last_accessed_at' },
  });
}

export interface RetrievalEventRow {
  id: number;
  tenantId: string;
  userId: string;
  hash: string;
  query: Buffer | null;
  itemsRetrieved: number;
  totalItems: number;
  toolName: string | null;
  retrievalType: string;
  at: number;
}

export function retrievalEventEntity(types: EntityColumns): EntitySchema<RetrievalEventRow> {
  return entityOf<RetrievalEventRow>('retrieval_events', {
    id: types.serial,
    tenantId: { ...types.text, name: 'tenant_id' },
    userId: { ...types.text, name: 'user_id' },
    hash: types.text,
    query: { ...types.bytes, nullable: true },
    itemsRetrieved: { ...types.big, name: 'items_retrieved' },
    totalItems: { ...types.big, name: 'total_items' },
    toolName: { ...types.text, name: 'tool_name', nullable: true },
    retrievalType: { ...types.text, name: 'retrieval_type' },
    at: types.big,
  });
}
