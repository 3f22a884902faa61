/** A key as stored: its secret is kept only as a hash. */
export interface ApiKeyRecord {
  /** `key_` + UUIDv7. */
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  /** SHA-256 hex of the whole secret (`hr_…`); the secret has 256 random bits, so no salt or stretching is needed. */
  readonly secretHash: string;
  /** The users it may touch; null means all of its tenant. */
  readonly users: readonly string[] | null;
  readonly createdAt: Date;
  readonly expiresAt?: Date | undefined;
}

/** Keeps API keys and the tenants they are bound to; the one store that is asked before a tenant is known. */
export abstract class ApiKeyStore {
  /** Creates the key's tenant when it is new. */
  abstract create(key: ApiKeyRecord): Promise<void>;
  abstract findByHash(secretHash: string): Promise<ApiKeyRecord | null>;
  /** Newest first. */
  abstract list(): Promise<readonly ApiKeyRecord[]>;
  /** @returns whether there was one. */
  abstract remove(id: string): Promise<boolean>;
  abstract count(): Promise<number>;
}
