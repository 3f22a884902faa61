import type { EntitySchema } from 'typeorm';
import { entityOf } from './columns.js';
import type { EntityColumns } from './columns.js';

export interface SharedContextEntryRow {
  tenantId: string;
  address: string;
  contextAddress: string;
  context: Buffer;
  entryKey: Buffer;
  agent: Buffer | null;
  userId: string | null;
  version: number;
  hash: string;
  contentKind: string;
  original: Buffer | null;
  compressed: Buffer | null;
  originalTokens: number;
  compressedTokens: number;
  transforms: string;
  metadata: string;
  createdAt: number;
  expiresAt: number;
  sequence: number;
  goneAt: number | null;
}

export function sharedContextEntryEntity(types: EntityColumns): EntitySchema<SharedContextEntryRow> {
  return entityOf<SharedContextEntryRow>('shared_context_entries', {
    tenantId: { ...types.text, name: 'tenant_id', primary: true },
    address: { ...types.text, primary: true },
    contextAddress: { ...types.text, name: 'context_address' },
    context: types.bytes,
    entryKey: { ...types.bytes, name: 'entry_key' },
    agent: { ...types.bytes, nullable: true },
    userId: { ...types.text, name: 'user_id', nullable: true },
    version: types.integer,
    hash: types.text,
    contentKind: { ...types.text, name: 'content_kind' },
    original: { ...types.bytes, nullable: true },
    compressed: { ...types.bytes, nullable: true },
    originalTokens: { ...types.big, name: 'original_tokens' },
    compressedTokens: { ...types.big, name: 'compressed_tokens' },
    transforms: types.text,
    metadata: types.text,
    createdAt: { ...types.big, name: 'created_at' },
    expiresAt: { ...types.big, name: 'expires_at' },
    sequence: types.big,
    goneAt: { ...types.big, name: 'gone_at', nullable: true },
  });
}

export interface SharedContextConfigRow {
  tenantId: string;
  contextAddress: string;
  context: Buffer;
  model: string | null;
  ttlSeconds: number;
  maxEntries: number;
}

export function sharedContextConfigEntity(types: EntityColumns): EntitySchema<SharedContextConfigRow> {
  return entityOf<SharedContextConfigRow>('shared_context_configs', {
    tenantId: { ...types.text, name: 'tenant_id', primary: true },
    contextAddress: { ...types.text, name: 'context_address', primary: true },
    context: types.bytes,
    model: { ...types.text, nullable: true },
    ttlSeconds: { ...types.big, name: 'ttl_seconds' },
    maxEntries: { ...types.big, name: 'max_entries' },
  });
}
