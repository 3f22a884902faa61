import { type PinnedSession, type Pins, SessionPins, type SessionRetention } from '#libs/compression';
import { type Caller, type Clock, type ErasureReceipt, requireUser } from '#libs/kernel';
import type { Erasable } from './erasable.js';

interface Kept {
  readonly tenantId: string;
  readonly userId: string | undefined;
  pins: Pins;
  lastUsedAt: number;
}

export class InMemorySessionPins extends SessionPins implements Erasable {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly clock: Clock,
    private readonly retention: SessionRetention,
  ) {
    super();
  }

  override async find(caller: Caller, session: PinnedSession): Promise<Pins> {
    await Promise.resolve();
    return this.#living(caller, session)?.pins ?? {};
  }

  override async add(caller: Caller, session: PinnedSession, pins: Pins): Promise<void> {
    await Promise.resolve();
    const known = this.#living(caller, session);
    if (known) known.pins = { ...pins, ...known.pins };
    else {
      const { userId } = session;
      this.#kept.set(addressOf(caller, session), {
        tenantId: caller.tenantId,
        userId,
        pins,
        lastUsedAt: this.clock.now().getTime(),
      });
    }
  }

  override async sweep(): Promise<number> {
    await Promise.resolve();
    let dropped = 0;
    for (const [address, kept] of this.#kept) {
      if (this.#isAlive(kept)) continue;
      dropped += Object.keys(kept.pins).length;
      this.#kept.delete(address);
    }
    return dropped;
  }

  eraseUser(tenantId: string, userId: string): Partial<ErasureReceipt> {
    for (const [address, kept] of this.#kept)
      if (kept.tenantId === tenantId && kept.userId === userId) this.#kept.delete(address);
    return {};
  }

  #living(caller: Caller, session: PinnedSession): Kept | undefined {
    if (session.userId !== undefined) requireUser(caller, session.userId);
    const kept = this.#kept.get(addressOf(caller, session));
    if (kept === undefined || !this.#isAlive(kept)) return undefined;
    kept.lastUsedAt = this.clock.now().getTime();
    return kept;
  }

  #isAlive({ lastUsedAt }: Kept): boolean {
    return lastUsedAt > this.clock.now().getTime() - this.retention.ttlSeconds * 1000;
  }
}

function addressOf({ tenantId }: Caller, { userId, sessionId }: PinnedSession): string {
  return JSON.stringify([tenantId, userId ?? null, sessionId]);
}
