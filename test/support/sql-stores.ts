import {
  type Database,
  SqlApiKeyStore,
  SqlContextEventLog,
  SqlConversationStore,
  SqlFrozenPrefixStore,
  SqlHiddenCallStore,
  SqlHandoffStore,
  SqlIdempotencyStore,
  SqlMemoryStore,
  SqlOriginalStore,
  SqlSessionPins,
  SqlSharedContextStore,
  SqlUsageStore,
  SqlUserErasure,
} from '#libs/adapters';
import type { Clock } from '#libs/kernel';

/** The stores of one database that may hold something of a user, and what erases it. */
export function sqlStores(database: Database, clock: Clock) {
  return {
    memories: new SqlMemoryStore(database, clock),
    originals: new SqlOriginalStore(database, clock, { ttlSeconds: 86_400, maxEntries: 100_000 }),
    sharedContexts: new SqlSharedContextStore(database, clock),
    contextEvents: new SqlContextEventLog(database),
    handoffs: new SqlHandoffStore(database),
    conversations: new SqlConversationStore(database),
    prefixes: new SqlFrozenPrefixStore(database),
    usage: new SqlUsageStore(database),
    idempotency: new SqlIdempotencyStore(database, clock),
    sessions: new SqlSessionPins(database, clock, { ttlSeconds: 86_400 }),
    hidden: new SqlHiddenCallStore(database, clock, { ttlSeconds: 86_400 }),
    keys: new SqlApiKeyStore(database),
    erasure: new SqlUserErasure(database),
  };
}
