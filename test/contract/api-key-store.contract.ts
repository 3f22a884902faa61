import { beforeEach, expect, it } from 'vitest';
import type { ApiKeyRecord, ApiKeyStore } from '#libs/access';

let made = 0;

function aKey(overrides: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  const id = `key_${String(++made).padStart(6, '0')}`;
  return {
    id,
    tenantId: 'tenant-a',
    name: 'planner',
    secretHash: `${made}`.padStart(64, '0'),
    users: null,
    createdAt: new Date('2026-11-22T12:00:00.000Z'),
    ...overrides,
  };
}

/** What every store of API keys does; each test begins with an empty one. */
export function apiKeyStoreContract(open: () => Promise<ApiKeyStore>): void {
  let store: ApiKeyStore;
  beforeEach(async () => {
    store = await open();
  });

  it('finds a key by its hash, as it was created', async () => {
    const key = aKey({
      users: ['bert', 'anna', "o'neil", '日本'],
      expiresAt: new Date('2027-01-01T00:00:00.000Z'),
    });
    await store.create(key);
    expect(await store.findByHash(key.secretHash)).toEqual(key);
    expect(await store.findByHash('unknown')).toBeNull();
  });

  it('tells a key for all users from a key for none', async () => {
    const all = aKey();
    const none = aKey({ users: [] });
    await store.create(all);
    await store.create(none);
    expect((await store.findByHash(all.secretHash))?.users).toBeNull();
    expect((await store.findByHash(none.secretHash))?.users).toEqual([]);
  });

  it('lists the keys of all tenants, newest first', async () => {
    const old = aKey();
    const young = aKey({
      tenantId: 'tenant-b',
      createdAt: new Date('2026-11-23T12:00:00.000Z'),
      users: ['anna'],
    });
    await store.create(young);
    await store.create(old);
    expect(await store.list()).toEqual([young, old]);
    expect(await store.count()).toBe(2);
  });

  it('removes a key once', async () => {
    const key = aKey({ users: ['anna'] });
    await store.create(key);
    expect(await store.remove(key.id)).toBe(true);
    expect(await store.remove(key.id)).toBe(false);
    expect(await store.findByHash(key.secretHash)).toBeNull();
    expect(await store.count()).toBe(0);
  });

  it('never keeps two keys with one secret', async () => {
    const key = aKey();
    await store.create(key);
    await expect(store.create(aKey({ secretHash: key.secretHash }))).rejects.toThrow();
    expect(await store.count()).toBe(1);
  });
}
