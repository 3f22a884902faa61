import { join } from 'node:path';
import { ApiKeyStore } from '#libs/access';
import {
  Database,
  openDatabase,
  SqlApiKeyStore,
  SqlContextEventLog,
  SqlConversationStore,
  SqlFrozenPrefixStore,
  SqlHiddenCallStore,
  SqlHandoffStore,
  SqlIdempotencyStore,
  SqlMemoryStore,
  SqlOriginalStore,
  SqlPatternStore,
  SqlSessionPins,
  SqlSharedContextStore,
  SqlUsageStore,
  SqlUserErasure,
  type UnitObserver,
} from '#libs/adapters';
import { OriginalStore } from '#libs/ccr';
import { HiddenCallStore } from '#libs/chat';
import { SessionPins } from '#libs/compression';
import { ConversationStore, FrozenPrefixStore } from '#libs/conversation';
import { Clock, IdempotencyStore, UserErasure } from '#libs/kernel';
import { PatternStore } from '#libs/learning';
import { MemoryStore } from '#libs/memory';
import { Metrics, ShutdownPhases } from '#libs/platform';
import { ContextEventLog, HandoffStore, SharedContextStore } from '#libs/shared-context';
import { UsageRecorder, UsageStore } from '#libs/usage';
import { SERVER_CONFIG, type ServerConfig } from '../config/server-config.js';
import { probeFolder } from '../routes/health/folder-probe.js';
import { Readiness } from '../routes/health/readiness.js';
import { port } from './port.js';

/** Everything stored: SQLite in the data folder, or PostgreSQL where `HEADROOM_STORE_URL` points to one. */
export const STORE_PORTS = [
  port(
    Database,
    [SERVER_CONFIG, ShutdownPhases, Readiness, Metrics],
    async (config, shutdown, readiness, metrics) => {
      const { storeUrl, dataDir } = (config as ServerConfig).storage;
      const onUnit: UnitObserver = (operation, seconds) => {
        metrics.observeStore(operation, seconds);
      };
      const database = await openDatabase(
        storeUrl === undefined
          ? { kind: 'sqlite', dataDir, onUnit }
          : { kind: 'postgres', url: storeUrl, cacheDir: join(dataDir, 'vectors'), onUnit },
      );
      shutdown.register('database', 'close the database', () => database.close());
      watchDatabase(database, readiness, storeUrl === undefined ? dataDir : undefined);
      return database;
    },
  ),
  port(ApiKeyStore, [Database], (database) => new SqlApiKeyStore(database)),
  port(ConversationStore, [Database], (database) => new SqlConversationStore(database)),
  port(FrozenPrefixStore, [Database], (database) => new SqlFrozenPrefixStore(database)),
  port(IdempotencyStore, [Database, Clock], (database, clock) => new SqlIdempotencyStore(database, clock)),
  port(MemoryStore, [Database, Clock], (database, clock) => new SqlMemoryStore(database, clock)),
  port(
    OriginalStore,
    [Database, Clock, SERVER_CONFIG],
    (database, clock, config) => new SqlOriginalStore(database, clock, (config as ServerConfig).originals),
  ),
  port(
    SessionPins,
    [Database, Clock, SERVER_CONFIG],
    // As long as what its markers name.
    (database, clock, config) => new SqlSessionPins(database, clock, (config as ServerConfig).originals),
  ),
  port(
    HiddenCallStore,
    [Database, Clock, SERVER_CONFIG],
    // As long as what the model retrieved by them.
    (database, clock, config) => new SqlHiddenCallStore(database, clock, (config as ServerConfig).originals),
  ),
  port(PatternStore, [Database, Clock], (database, clock) => new SqlPatternStore(database, clock)),
  port(
    SharedContextStore,
    [Database, Clock],
    (database, clock) => new SqlSharedContextStore(database, clock),
  ),
  port(ContextEventLog, [Database], (database) => new SqlContextEventLog(database)),
  port(HandoffStore, [Database], (database) => new SqlHandoffStore(database)),
  port(UsageStore, [Database], (database) => new SqlUsageStore(database)),
  port(
    UserErasure,
    [Database, UsageRecorder],
    (database, recorder) => new SqlUserErasure(database, () => recorder.flush()),
  ),
];

/** @param folder of the embedded store, which must not only be readable. */
function watchDatabase(database: Database, readiness: Readiness, folder?: string): void {
  readiness.add('store', async () => {
    await database.ping();
    if (folder !== undefined) await probeFolder(folder);
    return { status: 'ok', kind: database.describe().dialect };
  });
  readiness.add('vectors', () => ({ status: 'ok', ...database.vectors.describe() }));
}
