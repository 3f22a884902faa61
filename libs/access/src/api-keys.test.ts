import { Clock, Ids, type Caller } from '#libs/kernel';
import { describe, expect, test } from 'vitest';
import { ApiKeyStore, type ApiKeyRecord } from './api-key-store.js';
import { ApiKeys } from './api-keys.js';
import { SecretSource } from './secret-source.js';

class ListedKeys extends ApiKeyStore {
  readonly keys: ApiKeyRecord[] = [];
  create(key: ApiKeyRecord): Promise<void> {
    this.keys.push(key);
    return Promise.resolve();
  }
  findByHash(hash: string): Promise<ApiKeyRecord | null> {
    return Promise.resolve(this.keys.find((key) => key.secretHash === hash) ?? null);
  }
  list(): Promise<readonly ApiKeyRecord[]> {
    return Promise.resolve(this.keys);
  }
  remove(): Promise<boolean> {
    return Promise.resolve(false);
  }
  count(): Promise<number> {
    return Promise.resolve(this.keys.length);
  }
}

class SettableClock extends Clock {
  at = new Date('2026-01-01T00:00:00Z');
  now(): Date {
    return this.at;
  }
}

class OneId extends Ids {
  next(prefix: string): string {
    return `${prefix}_1`;
  }
}

class Sevens extends SecretSource {
  randomBytes(count: number): Uint8Array {
    return new Uint8Array(count).fill(7);
  }
}

const ADMIN: Caller = { tenantId: 'default', users: null, isAdmin: true };

function someKeys(bootstrapKey?: string) {
  const store = new ListedKeys();
  const clock = new SettableClock();
  return { store, clock, keys: new ApiKeys(store, clock, new OneId(), new Sevens(), bootstrapKey) };
}

describe('API keys', () => {
  test('stand for their tenant and users until they expire; only a hash is stored', async () => {
    const { keys, store, clock } = someKeys();
    const expiresAt = new Date('2026-01-02T00:00:00Z');
    const { secret } = await keys.create(ADMIN, { name: 'n', tenantId: 'acme', users: ['ada'], expiresAt });
    expect(JSON.stringify(store.keys)).not.toContain(secret);
    expect(await keys.authenticate(secret)).toMatchObject({
      tenantId: 'acme',
      users: ['ada'],
      isAdmin: false,
    });
    expect(await keys.authenticate(`${secret}x`)).toBeNull();
    clock.at = expiresAt;
    expect(await keys.authenticate(secret)).toBeNull();
  });

  test('are managed by the bootstrap key alone', async () => {
    const { keys } = someKeys('the-bootstrap-key');
    expect(await keys.authenticate('the-bootstrap-key')).toMatchObject({ isAdmin: true });
    await expect(keys.list({ ...ADMIN, isAdmin: false })).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('close the default tenant as soon as there is one', async () => {
    const { keys } = someKeys();
    expect(await keys.anonymousCaller()).toMatchObject({ tenantId: 'default', isAdmin: false });
    await keys.create(ADMIN, { name: 'n' });
    expect(await keys.anonymousCaller()).toBeNull();
  });
});
