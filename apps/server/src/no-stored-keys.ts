import { ApiKeyStore, type ApiKeyRecord } from '#libs/access';

/** Keys that live as long as the process. */
export class ProcessApiKeyStore extends ApiKeyStore {
  private readonly keys = new Map<string, ApiKeyRecord>();

  create(key: ApiKeyRecord): Promise<void> {
    this.keys.set(key.id, key);
    return Promise.resolve();
  }

  findByHash(secretHash: string): Promise<ApiKeyRecord | null> {
    return Promise.resolve([...this.keys.values()].find((key) => key.secretHash === secretHash) ?? null);
  }

  list(): Promise<readonly ApiKeyRecord[]> {
    return Promise.resolve([...this.keys.values()].reverse());
  }

  remove(id: string): Promise<boolean> {
    return Promise.resolve(this.keys.delete(id));
  }

  count(): Promise<number> {
    return Promise.resolve(this.keys.size);
  }
}
