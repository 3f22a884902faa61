import type { EntitySchema } from 'typeorm';
import { entityOf } from './columns.js';
import type { EntityColumns } from './columns.js';

export interface RequestRow {
  tenantId: string;
  id: string;
  userId: string | null;
  at: number;
  operation: string;
  provider: string | null;
  model: string | null;
  mode: string;
  tokensBefore: number;
  tokensAfter: number;
  outputTokens: number;
  savedUsd: number;
  costUsd: number;
  overheadMs: number;
  latencyMs: number;
  transforms: string;
  failed: number;
}

export function requestEntity(types: EntityColumns): EntitySchema<RequestRow> {
  return entityOf<RequestRow>('requests', {
    tenantId: { ...types.text, name: 'tenant_id', primary: true },
    id: { ...types.text, primary: true },
    userId: { ...types.text, name: 'user_id', nullable: true },
    at: types.big,
    operation: types.text,
    provider: { ...types.text, nullable: true },
    model: { ...types.text, nullable: true },
    mode: types.text,
    tokensBefore: { ...types.big, name: 'tokens_before' },
    tokensAfter: { ...types.big, name: 'tokens_after' },
    outputTokens: { ...types.big, name: 'output_tokens' },
    savedUsd: { ...types.real, name: 'saved_usd' },
    costUsd: { ...types.real, name: 'cost_usd' },
    overheadMs: { ...types.real, name: 'overhead_ms' },
    latencyMs: { ...types.real, name: 'latency_ms' },
    transforms: types.text,
    failed: types.integer,
  });
}

export interface SavingsRow {
  tenantId: string;
  hour: number;
  model: string;
  requests: number;
  failed: number;
  tokensBefore: number;
  tokensAfter: number;
  outputTokens: number;
  savedUsd: number;
  costUsd: number;
}

export function savingsEntity(types: EntityColumns): EntitySchema<SavingsRow> {
  return entityOf<SavingsRow>('savings', {
    tenantId: { ...types.text, name: 'tenant_id', primary: true },
    hour: { ...types.big, primary: true },
    model: { ...types.text, primary: true },
    requests: types.big,
    failed: types.big,
    tokensBefore: { ...types.big, name: 'tokens_before' },
    tokensAfter: { ...types.big, name: 'tokens_after' },
    outputTokens: { ...types.big, name: 'output_tokens' },
    savedUsd: { ...types.real, name: 'saved_usd' },
    costUsd: { ...types.real, name: 'cost_usd' },
  });
}
