import type { ApiKeyRecord, NewApiKey } from '#libs/access';
import type { KeyAnswer, NewKeyBody } from './keys.schema.js';

export function toNewKey(body: NewKeyBody): NewApiKey {
  return {
    name: body.name,
    tenantId: body.tenant,
    users: body.users,
    expiresAt: body.expires_at === undefined ? undefined : new Date(body.expires_at),
  };
}

/** A key without its secret, which is nowhere to be had. */
export function fromKey(record: ApiKeyRecord): KeyAnswer {
  return {
    id: record.id,
    name: record.name,
    tenant: record.tenantId,
    users: record.users === null ? null : [...record.users],
    created_at: record.createdAt.toISOString(),
    expires_at: record.expiresAt?.toISOString() ?? null,
  };
}
