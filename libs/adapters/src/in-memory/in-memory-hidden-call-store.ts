import { type HiddenCallRetention, type HiddenCalls, HiddenCallStore } from '#libs/chat';
import { type Caller, type Clock, type ErasureReceipt, requireUser } from '#libs/kernel';
import type { Erasable } from './erasable.js';

interface Kept {
  readonly tenantId: string;
  readonly userId: string | undefined;
  readonly hidden: HiddenCalls;
  lastUsedAt: number;
}

export class InMemoryHiddenCallStore extends HiddenCallStore implements Erasable {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly clock: Clock,
    private readonly retention: HiddenCallRetention,
  ) {
    super();
  }

  override async keep(caller: Caller, address: string, hidden: HiddenCalls, userId?: string): Promise<void> {
    await Promise.resolve();
    if (userId !== undefined) requireUser(caller, userId);
    const { tenantId } = caller;
    const lastUsedAt = this.clock.now().getTime();
    this.#kept.set(keyOf(caller, address, userId), { tenantId, userId, hidden, lastUsedAt });
  }

  override async find(
    caller: Caller,
    addresses: readonly string[],
    userId?: string,
  ): Promise<ReadonlyMap<string, HiddenCalls>> {
    await Promise.resolve();
    if (userId !== undefined) requireUser(caller, userId);
    const found = new Map<string, HiddenCalls>();
    for (const address of addresses) {
      const kept = this.#kept.get(keyOf(caller, address, userId));
      if (kept === undefined || !this.#isAlive(kept)) continue;
      kept.lastUsedAt = this.clock.now().getTime();
      found.set(address, kept.hidden);
    }
    return found;
  }

  override async sweep(): Promise<number> {
    await Promise.resolve();
    return this.#drop((kept) => !this.#isAlive(kept));
  }

  eraseUser(tenantId: string, userId: string): Partial<ErasureReceipt> {
    this.#drop((kept) => kept.tenantId === tenantId && kept.userId === userId);
    return {};
  }

  #drop(isGone: (kept: Kept) => boolean): number {
    let dropped = 0;
    for (const [key, kept] of this.#kept) if (isGone(kept) && this.#kept.delete(key)) dropped++;
    return dropped;
  }

  #isAlive({ lastUsedAt }: Kept): boolean {
    return lastUsedAt > this.clock.now().getTime() - this.retention.ttlSeconds * 1000;
  }
}

function keyOf({ tenantId }: Caller, address: string, userId: string | undefined): string {
  return JSON.stringify([tenantId, userId ?? null, address]);
}
