import { ApiKeyStore } from '#libs/access';
import type { ApiKeyRecord } from '#libs/access';
import { type ErasureReceipt, HeadroomError } from '#libs/kernel';
import type { Erasable } from './erasable.js';

/** Keeps API keys in the process. */
export class InMemoryApiKeyStore extends ApiKeyStore implements Erasable {
  readonly #keys = new Map<string, ApiKeyRecord>();

  override async create(key: ApiKeyRecord): Promise<void> {
    if (this.#keys.has(key.id) || (await this.findByHash(key.secretHash)) !== null) {
      throw new HeadroomError('conflict', 'There is such an API key already.');
    }
    this.#keys.set(key.id, key);
  }

  override async findByHash(secretHash: string): Promise<ApiKeyRecord | null> {
    await Promise.resolve();
    return [...this.#keys.values()].find((key) => key.secretHash === secretHash) ?? null;
  }

  override async list(): Promise<readonly ApiKeyRecord[]> {
    await Promise.resolve();
    return [...this.#keys.values()].toSorted(
      (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1),
    );
  }

  override async remove(id: string): Promise<boolean> {
    await Promise.resolve();
    return this.#keys.delete(id);
  }

  /** A key that is bound to nobody else stays bound, to nobody. */
  eraseUser(tenantId: string, userId: string): Partial<ErasureReceipt> {
    const bound = [...this.#keys.values()].filter(
      (key) => key.tenantId === tenantId && key.users?.includes(userId) === true,
    );
    for (const key of bound) {
      this.#keys.set(key.id, { ...key, users: (key.users ?? []).filter((user) => user !== userId) });
    }
    return { apiKeys: bound.length };
  }

  override async count(): Promise<number> {
    await Promise.resolve();
    return this.#keys.size;
  }
}
