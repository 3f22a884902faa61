import type { EntitySchema } from 'typeorm';
import { entityOf } from './columns.js';
import type { EntityColumns } from './columns.js';

export interface MemoryRow {
  seq: number;
  tenantId: string;
  id: string;
  userId: string;
  sessionId: string | null;
  agentId: string | null;
  turnId: string | null;
  scopeKey: string;
  scopeLevel: string;
  content: Buffer;
  contentHash: string;
  category: string;
  importance: number;
  subject: string | null;
  entities: string;
  metadata: string;
  searchable: string | null;
  terms: string;
  termCount: number;
  source: string | null;
  alsoSeen: string;
  validFrom: number;
  validUntil: number | null;
  createdAt: number;
  updatedAt: number;
  supersededAt: number | null;
  chainId: string;
  supersedes: string | null;
  supersededBy: string | null;
  awaitedPredecessor: string | null;
  awaitedSuccessor: string | null;
  reason: string | null;
  promotedFrom: string | null;
  promotedTo: string | null;
  expiresAt: number | null;
  deletedAt: number | null;
  accessCount: number;
  lastAccessedAt: number | null;
  embeddingModel: string | null;
  version: number;
}

export function memoryEntity(types: EntityColumns): EntitySchema<MemoryRow> {
  return entityOf<MemoryRow>('memories', {
    seq: types.serial,
    tenantId: { ...types.text, name: 'tenant_id' },
    id: types.text,
    userId: { ...types.text, name: 'user_id' },
    sessionId: { ...types.text, name: 'session_id', nullable: true },
    agentId: { ...types.text, name: 'agent_id', nullable: true },
    turnId: { ...types.text, name: 'turn_id', nullable: true },
    scopeKey: { ...types.text, name: 'scope_key' },
    scopeLevel: { ...types.text, name: 'scope_level' },
    content: types.bytes,
    contentHash: { ...types.text, name: 'content_hash' },
    category: types.text,
    importance: types.real,
    subject: { ...types.text, nullable: true },
    entities: types.text,
    metadata: types.text,
    searchable: { ...types.text, nullable: true },
    terms: types.text,
    termCount: { ...types.integer, name: 'term_count' },
    source: { ...types.text, nullable: true },
    alsoSeen: { ...types.text, name: 'also_seen' },
    validFrom: { ...types.big, name: 'valid_from' },
    validUntil: { ...types.big, name: 'valid_until', nullable: true },
    createdAt: { ...types.big, name: 'created_at' },
    updatedAt: { ...types.big, name: 'updated_at' },
    supersededAt: { ...types.big, name: 'superseded_at', nullable: true },
    chainId: { ...types.text, name: 'chain_id' },
    supersedes: { ...types.text, nullable: true },
    supersededBy: { ...types.text, name: 'superseded_by', nullable: true },
    awaitedPredecessor: { ...types.text, name: 'awaited_predecessor', nullable: true },
    awaitedSuccessor: { ...types.text, name: 'awaited_successor', nullable: true },
    reason: { ...types.text, nullable: true },
    promotedFrom: { ...types.text, name: 'promoted_from', nullable: true },
    promotedTo: { ...types.text, name: 'promoted_to', nullable: true },
    expiresAt: { ...types.big, name: 'expires_at', nullable: true },
    deletedAt: { ...types.big, name: 'deleted_at', nullable: true },
    accessCount: { ...types.big, name: 'access_count' },
    lastAccessedAt: { ...types.big, name: 'last_accessed_at', nullable: true },
    embeddingModel: { ...types.text, name: 'embedding_model', nullable: true },
    version: types.integer,
  });
}

export interface MemoryVectorRow {
  tenantId: string;
  memoryId: string;
  seq: number;
  userId: string;
  model: string;
  dimensions: number;
  vector: Buffer;
  revision: number;
}

export function memoryVectorEntity(types: EntityColumns): EntitySchema<MemoryVectorRow> {
  return entityOf<MemoryVectorRow>('memory_vectors', {
    tenantId: { ...types.text, name: 'tenant_id', primary: true },
    memoryId: { ...types.text, name: 'memory_id', primary: true },
    seq: types.big,
    userId: { ...types.text, name: 'user_id' },
    model: { ...types.text, primary: true },
    dimensions: types.integer,
    vector: types.bytes,
    revision: types.big,
  });
}

export interface MemoryVectorTotalRow {
  tenantId: string;
  userId: string;
  model: string;
  dimensions: number;
  epoch: string;
  revision: number;
  vectors: number;
}

export function memoryVectorTotalEntity(types: EntityColumns): EntitySchema<MemoryVectorTotalRow> {
  return entityOf<MemoryVectorTotalRow>('memory_vector_totals', {
    tenantId: { ...types.text, name: 'tenant_id', primary: true },
    userId: { ...types.text, name: 'user_id', primary: true },
    model: { ...types.text, primary: true },
    dimensions: { ...types.integer, primary: true },
    epoch: types.text,
    revision: types.big,
    vectors: types.big,
  });
}

export interface MemoryTermRow {
  tenantId: string;
  owner: number;
  term: string;
  seq: number;
  frequency: number;
  length: number;
}

export function memoryTermEntity(types: EntityColumns): EntitySchema<MemoryTermRow> {
  return entityOf<MemoryTermRow>('memory_terms', {
    tenantId: { ...types.text, name: 'tenant_id', primary: true },
    owner: { ...types.big, primary: true },
    term: { ...types.text, primary: true },
    seq: { ...types.big, primary: true },
    frequency: types.integer,
    length: types.integer,
  });
}

export interface MemoryTermTotalRow {
  tenantId: string;
  owner: number;
  documents: number;
  terms: number;
}

export function memoryTermTotalEntity(types: EntityColumns): EntitySchema<MemoryTermTotalRow> {
  return entityOf<MemoryTermTotalRow>('memory_term_totals', {
    tenantId: { ...types.text, name: 'tenant_id', primary: true },
    owner: { ...types.big, primary: true },
    documents: types.big,
    terms: types.big,
  });
}
