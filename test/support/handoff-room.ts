import { hashOriginal, type OriginalStore } from '#libs/ccr';
import type { Caller, Clock } from '#libs/kernel';
import type {
  ContextEventLog,
  HandoffDraft,
  HandoffStore,
  SharedContextStore,
  SharedEntry,
} from '#libs/shared-context';
import { FakeClock } from './fake-clock.js';
import { anEntry } from './shared-entries.js';

export interface HandoffStores {
  readonly handoffs: HandoffStore;
  readonly contexts: SharedContextStore;
  /** With {@link A_RETENTION}. */
  readonly originals: OriginalStore;
  readonly log: ContextEventLog;
}

export const HANDOFF_TTL = 7_200;

/** Opens empty stores with an entry under each key, and what a test does with them in the context `release`. */
export function handoffRoom(open: (clock: Clock) => Promise<HandoffStores>, caller: Caller) {
  return async (...keys: string[]) => {
    const clock = new FakeClock();
    const stores = await open(clock);
    const put = (key: string, overrides: Partial<SharedEntry> = {}) => {
      const original = overrides.original ?? `original of ${key}`;
      const entry = anEntry(clock, key, { original, hash: hashOriginal(original), ...overrides });
      return stores.contexts.put(caller, entry, { kind: 'any' }, 100);
    };
    let made = 0;
    const give = (keys: readonly string[], more: Partial<HandoffDraft> = {}, by: Caller = caller) =>
      stores.handoffs.create(by, {
        id: `hand_${String(++made).padStart(4, '0')}`,
        context: 'release',
        from: 'researcher',
        to: 'writer',
        keys,
        createdAt: clock.now(),
        expiresAt: new Date(clock.now().getTime() + HANDOFF_TTL * 1000),
        ...more,
      });
    const accept = (id: string, by: Caller = caller, idempotencyKey?: string) =>
      stores.handoffs.accept(by, 'release', id, clock.now(), idempotencyKey);
    const list = async (filter = {}, by: Caller = caller, page = { limit: 50 }) => {
      const { data } = await stores.handoffs.list(by, 'release', filter, page, clock.now());
      return data.map(({ id }) => id);
    };
    for (const key of keys) await put(key);
    return { ...stores, clock, put, give, accept, list };
  };
}
