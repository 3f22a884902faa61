import type { EntitySchema } from 'typeorm';
import type { Dialect } from '../sql.js';
import { entityColumns } from './columns.js';
import { tenantEntity, apiKeyEntity, apiKeyUserEntity } from './access.entity.js';
import type { TenantRow, ApiKeyRow, ApiKeyUserRow } from './access.entity.js';
import { conversationEntity, messageEntity } from './conversation.entity.js';
import type { ConversationRow, MessageRow } from './conversation.entity.js';
import { idempotencyKeyEntity } from './idempotency-key.entity.js';
import type { IdempotencyKeyRow } from './idempotency-key.entity.js';
import {
  memoryEntity,
  memoryTermEntity,
  memoryTermTotalEntity,
  memoryVectorEntity,
  memoryVectorTotalEntity,
} from './memory.entity.js';
import type {
  MemoryRow,
  MemoryTermRow,
  MemoryTermTotalRow,
  MemoryVectorRow,
  MemoryVectorTotalRow,
} from './memory.entity.js';
import { originalEntity, retrievalEventEntity } from './original.entity.js';
import type { OriginalRow, RetrievalEventRow } from './original.entity.js';
import { sharedContextEntryEntity, sharedContextConfigEntity } from './shared-context.entity.js';
import type { SharedContextEntryRow, SharedContextConfigRow } from './shared-context.entity.js';
import { requestEntity, savingsEntity } from './usage.entity.js';
import type { RequestRow, SavingsRow } from './usage.entity.js';

/** The tables and what a row of each holds. Instants are milliseconds, structured values JSON text. */
export interface Tables {
  tenants: TenantRow;
  api_keys: ApiKeyRow;
  api_key_users: ApiKeyUserRow;
  memories: MemoryRow;
  memory_terms: MemoryTermRow;
  memory_term_totals: MemoryTermTotalRow;
  memory_vectors: MemoryVectorRow;
  memory_vector_totals: MemoryVectorTotalRow;
  originals: OriginalRow;
  retrieval_events: RetrievalEventRow;
  shared_context_entries: SharedContextEntryRow;
  shared_context_configs: SharedContextConfigRow;
  conversations: ConversationRow;
  messages: MessageRow;
  requests: RequestRow;
  savings: SavingsRow;
  idempotency_keys: IdempotencyKeyRow;
}

/** Every table as TypeORM knows it in one dialect. Entities stop at the mappers beside each store. */
export function entities(dialect: Dialect): EntitySchema[] {
  const types = entityColumns(dialect);
  return [
    tenantEntity(types),
    apiKeyEntity(types),
    apiKeyUserEntity(types),
    memoryEntity(types),
    memoryTermEntity(types),
    memoryTermTotalEntity(types),
    memoryVectorEntity(types),
    memoryVectorTotalEntity(types),
    originalEntity(types),
    retrievalEventEntity(types),
    sharedContextEntryEntity(types),
    sharedContextConfigEntity(types),
    conversationEntity(types),
    messageEntity(types),
    requestEntity(types),
    savingsEntity(types),
    idempotencyKeyEntity(types),
  ];
}
