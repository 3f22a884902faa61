import { createHash, timingSafeEqual } from 'node:crypto';
import { DEFAULT_TENANT, HeadroomError, notFound, type Caller, type Clock, type Ids } from '#libs/kernel';
import type { ApiKeyRecord, ApiKeyStore } from './api-key-store.js';
import { requireOperator } from './operator.js';
import type { SecretSource } from './secret-source.js';

/** Every key this service makes begins so; that tells it from a provider's key in the same header. */
export const API_KEY_PREFIX = 'hr_';
const SECRET_BYTES = 32;

/** Who calls where no key is configured: the default tenant, open, but without the right to manage keys. */
const OPEN_CALLER: Caller = { tenantId: DEFAULT_TENANT, users: null, isAdmin: false };
const BOOTSTRAP_CALLER: Caller = { tenantId: DEFAULT_TENANT, users: null, isAdmin: true, keyId: 'bootstrap' };

export interface NewApiKey {
  readonly name: string;
  readonly tenantId?: string | undefined;
  /** The users the key may touch; undefined means all of its tenant. */
  readonly users?: readonly string[] | undefined;
  readonly expiresAt?: Date | undefined;
}

/** API keys: who a secret belongs to, and how keys come and go. Only the secret's SHA-256 is ever stored. */
export class ApiKeys {
  constructor(
    private readonly store: ApiKeyStore,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly secrets: SecretSource,
    /** The one key that manages the others; undefined when none is configured. */
    private readonly bootstrapKey?: string,
  ) {}

  /** The caller a secret stands for; null when it is unknown or has expired. */
  async authenticate(secret: string): Promise<Caller | null> {
    if (this.isBootstrapKey(secret)) return BOOTSTRAP_CALLER;
    if (!secret.startsWith(API_KEY_PREFIX)) return null;
    const hash = sha256(secret);
    const key = await this.store.findByHash(hash);
    if (key === null || !isSame(key.secretHash, hash) || this.hasExpired(key)) return null;
    return { tenantId: key.tenantId, users: key.users, isAdmin: false, keyId: key.id };
  }

  /** Constant in time over all secrets of the same length. */
  isBootstrapKey(secret: string): boolean {
    return this.bootstrapKey !== undefined && isSame(sha256(secret), sha256(this.bootstrapKey));
  }

  /** Who calls without any key: the default tenant where no key exists, else nobody. */
  async anonymousCaller(): Promise<Caller | null> {
    return (await this.areConfigured()) ? null : OPEN_CALLER;
  }

  /** Whether there is a bootstrap key or any stored one. */
  async areConfigured(): Promise<boolean> {
    return this.bootstrapKey !== undefined || (await this.store.count()) > 0;
  }

  /** Makes a key. Its secret is in the answer and nowhere else. @throws HeadroomError `forbidden`, `validation_error`. */
  async create(
    caller: Caller,
    key: NewApiKey,
  ): Promise<{ readonly record: ApiKeyRecord; readonly secret: string }> {
    requireOperator(caller, 'manages keys');
    const createdAt = this.clock.now();
    if (key.expiresAt !== undefined && key.expiresAt <= createdAt) {
      throw new HeadroomError('validation_error', 'expires_at: must lie in the future.', {
        errors: [{ path: 'expires_at', message: 'must lie in the future.' }],
      });
    }
    const secret = API_KEY_PREFIX + Buffer.from(this.secrets.randomBytes(SECRET_BYTES)).toString('base64url');
    const record: ApiKeyRecord = {
      id: this.ids.next('key'),
      tenantId: key.tenantId ?? DEFAULT_TENANT,
      name: key.name,
      secretHash: sha256(secret),
      users: key.users ?? null,
      createdAt,
      expiresAt: key.expiresAt,
    };
    await this.store.create(record);
    return { record, secret };
  }

  /** All keys, newest first. @throws HeadroomError `forbidden`. */
  async list(caller: Caller): Promise<readonly ApiKeyRecord[]> {
    requireOperator(caller, 'manages keys');
    return this.store.list();
  }

  /** Takes a key back at once. @throws HeadroomError `forbidden`, `not_found`. */
  async revoke(caller: Caller, id: string): Promise<void> {
    requireOperator(caller, 'manages keys');
    if (!(await this.store.remove(id))) throw notFound('API key');
  }

  private hasExpired(key: ApiKeyRecord): boolean {
    return key.expiresAt !== undefined && key.expiresAt <= this.clock.now();
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
