import type { EntitySchema } from 'typeorm';
import { entityOf } from './columns.js';
import type { EntityColumns } from './columns.js';

export interface TenantRow {
  id: string;
  createdAt: number;
}

export function tenantEntity(types: EntityColumns): EntitySchema<TenantRow> {
  return entityOf<TenantRow>('tenants', {
    id: { ...types.text, primary: true },
    createdAt: { ...types.big, name: 'created_at' },
  });
}

export interface ApiKeyRow {
  id: string;
  tenantId: string;
  name: string;
  secretHash: string;
  allUsers: number;
  createdAt: number;
  expiresAt: number | null;
}

export function apiKeyEntity(types: EntityColumns): EntitySchema<ApiKeyRow> {
  return entityOf<ApiKeyRow>('api_keys', {
    id: { ...types.text, primary: true },
    tenantId: { ...types.text, name: 'tenant_id' },
    name: types.text,
    secretHash: { ...types.text, name: 'secret_hash' },
    allUsers: { ...types.integer, name: 'all_users' },
    createdAt: { ...types.big, name: 'created_at' },
    expiresAt: { ...types.big, name: 'expires_at', nullable: true },
  });
}

export interface ApiKeyUserRow {
  keyId: string;
  position: number;
  userId: string;
}

export function apiKeyUserEntity(types: EntityColumns): EntitySchema<ApiKeyUserRow> {
  return entityOf<ApiKeyUserRow>('api_key_users', {
    keyId: { ...types.text, name: 'key_id', primary: true },
    position: { ...types.integer, primary: true },
    userId: { ...types.text, name: 'user_id' },
  });
}
