import type { EntitySchema } from 'typeorm';
import { entityOf } from './columns.js';
import type { EntityColumns } from './columns.js';

export interface IdempotencyKeyRow {
  tenantId: string;
  address: string;
  claimId: string;
  userId: string | null;
  bodyHash: string;
  steps: string | null;
  status: number | null;
  response: Buffer | null;
  createdAt: number;
}

export function idempotencyKeyEntity(types: EntityColumns): EntitySchema<IdempotencyKeyRow> {
  return entityOf<IdempotencyKeyRow>('idempotency_keys', {
    tenantId: { ...types.text, name: 'tenant_id', primary: true },
    address: { ...types.text, primary: true },
    claimId: { ...types.text, name: 'claim_id' },
    userId: { ...types.text, name: 'user_id', nullable: true },
    bodyHash: { ...types.text, name: 'body_hash' },
    steps: { ...types.text, nullable: true },
    status: { ...types.integer, nullable: true },
    response: { ...types.bytes, nullable: true },
    createdAt: { ...types.big, name: 'created_at' },
  });
}
