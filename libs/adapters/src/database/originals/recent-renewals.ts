import { LRUCache } from 'lru-cache';

const MAX_REMEMBERED = 50_000;
/** Of the time that an original lives, the share by which its end may come early. */
const SHARE_OF_TTL = 0.1;
const LONGEST_MS = 60_000;

/**
 * Remembers for a short while which originals were just stored, so that a conversation which sends them with every turn
 * need not store them every time. It must be told of everything that can remove one, and so serves only a database that
 * no other process writes.
 */
export class RecentRenewals {
  private readonly renewed = new LRUCache<string, number>({ max: MAX_REMEMBERED });
  private removals = 0;
  private generation = 0;

  isRecent(key: string, now: number, ttlSeconds: number): boolean {
    const at = this.renewed.get(key);
    const lifetime = Math.min(LONGEST_MS, ttlSeconds * 1000 * SHARE_OF_TTL);
    return at !== undefined && now >= at && now - at < lifetime;
  }

  /** Stores, then remembers, unless something was removed meanwhile. */
  async renew(keys: readonly string[], now: number, store: () => Promise<void>): Promise<void> {
    const { generation } = this;
    await store();
    if (this.removals > 0 || this.generation !== generation) return;
    for (const key of keys) this.renewed.set(key, now);
  }

  /** Nothing is taken for stored while something is removed, nor what was stored before. */
  async whileRemoving<T>(remove: () => Promise<T>): Promise<T> {
    this.removals++;
    this.forget();
    try {
      return await remove();
    } finally {
      this.removals--;
      this.forget();
    }
  }

  private forget(): void {
    this.generation++;
    this.renewed.clear();
  }
}
