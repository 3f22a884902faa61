import {
  type Caller,
  type Clock,
  type ErasureReceipt,
  type IdempotencyClaim,
  IDEMPOTENCY_LEASE_SECONDS,
  IDEMPOTENCY_TTL_SECONDS,
  IdempotencyStore,
  type IdempotentAnswer,
  judgeClaim,
  type KnownClaim,
} from '#libs/kernel';
import type { Erasable } from './erasable.js';

interface Kept extends KnownClaim {
  readonly tenantId: string;
  readonly claimId: string;
  readonly userId?: string | undefined;
}

/** Of one process only, so that no step of a request outlives it. */
export class InMemoryIdempotencyStore extends IdempotencyStore implements Erasable {
  readonly #kept = new Map<string, Kept>();
  #claims = 0;

  constructor(private readonly clock: Clock) {
    super();
  }

  override async begin(
    caller: Caller,
    key: string,
    bodyHash: string,
    takesOver = false,
  ): Promise<IdempotencyClaim> {
    await Promise.resolve();
    const startedAt = this.clock.now();
    const answer = judgeClaim(this.#kept.get(addressOfKey(caller, key)), bodyHash, startedAt, takesOver);
    if (answer) return { outcome: 'replay', answer };
    const claimId = String(++this.#claims);
    const { tenantId } = caller;
    this.#kept.set(addressOfKey(caller, key), {
      tenantId,
      claimId,
      bodyHash,
      startedAt,
      hasSteps: false,
      answer: null,
    });
    return { outcome: 'started', claimId };
  }

  override async renew(caller: Caller, key: string, claimId: string): Promise<void> {
    await Promise.resolve();
    const kept = this.#kept.get(addressOfKey(caller, key));
    if (kept?.claimId !== claimId || kept.answer !== null) return;
    this.#kept.set(addressOfKey(caller, key), { ...kept, startedAt: this.clock.now() });
  }

  override async complete(
    caller: Caller,
    key: string,
    claimId: string,
    answer: IdempotentAnswer,
    userId?: string,
  ): Promise<void> {
    await Promise.resolve();
    const kept = this.#kept.get(addressOfKey(caller, key));
    if (kept?.claimId === claimId) {
      this.#kept.set(addressOfKey(caller, key), { ...kept, startedAt: this.clock.now(), answer, userId });
    }
  }

  override async abandon(caller: Caller, key: string, claimId: string): Promise<void> {
    await Promise.resolve();
    const kept = this.#kept.get(addressOfKey(caller, key));
    if (kept?.claimId === claimId && kept.answer === null) this.#kept.delete(addressOfKey(caller, key));
  }

  override async sweep(): Promise<number> {
    await Promise.resolve();
    const now = this.clock.now().getTime();
    let dropped = 0;
    for (const [address, { startedAt, answer }] of this.#kept) {
      const seconds = answer ? IDEMPOTENCY_TTL_SECONDS : IDEMPOTENCY_LEASE_SECONDS;
      if (now - startedAt.getTime() >= seconds * 1000 && this.#kept.delete(address)) dropped++;
    }
    return dropped;
  }

  eraseUser(tenantId: string, userId: string): Partial<ErasureReceipt> {
    let idempotencyReplays = 0;
    for (const [address, kept] of this.#kept) {
      if (kept.tenantId !== tenantId) continue;
      // An answer that names no user may still hold something of this one.
      const isNobodys = kept.userId === undefined && kept.answer !== null;
      if (kept.userId !== userId && !isNobodys) continue;
      this.#kept.delete(address);
      if (!isNobodys) idempotencyReplays++;
    }
    return { idempotencyReplays };
  }
}

function addressOfKey(caller: Caller, key: string): string {
  return JSON.stringify([caller.tenantId, caller.keyId ?? null, key]);
}
