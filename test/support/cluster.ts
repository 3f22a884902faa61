import { createPostgresDatabase } from './postgres.js';
import { send, type Reply } from './send.js';
import { addressOf } from './services.js';
import { spawnServer, type SpawnedServer } from './spawn-server.js';

const BOOTSTRAP_KEY = 'a-bootstrap-key-of-this-test';
const ADMIN = { authorization: `Bearer ${BOOTSTRAP_KEY}` };

const redisUrl = addressOf('Redis');
export const hasClusterServices = addressOf('PostgreSQL') !== undefined && redisUrl !== undefined;

/** Two servers on one database, and a key of one tenant. */
export interface Cluster {
  readonly servers: readonly [SpawnedServer, SpawnedServer];
  readonly headers: Readonly<Record<string, string>>;
  /** Of their database, for a superuser. */
  readonly databaseUrl: string;
  /** Asks the first or the second server; `json` goes as the body of a POST unless `method` says otherwise. */
  ask(
    which: 0 | 1,
    path: string,
    json?: unknown,
    method?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply>;
  /** Starts the first server again after it was killed. */
  restart(): Promise<void>;
  /** A key of another tenant. */
  keyOf(tenant: string): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts both at the same time on an empty database. */
export async function startCluster(): Promise<Cluster> {
  const { url, drop } = await createPostgresDatabase();
  const settings = {
    HEADROOM_STORE_URL: url,
    HEADROOM_REDIS_URL: redisUrl ?? '',
    HEADROOM_API_KEY: BOOTSTRAP_KEY,
    HEADROOM_LOG_LEVEL: 'warn',
  };
  const servers: [SpawnedServer, SpawnedServer] = await Promise.all([
    spawnServer(settings),
    spawnServer(settings),
  ]);
  const own = await keyOf(servers[0], 'acme');
  return {
    servers,
    headers: own,
    databaseUrl: url,
    ask: (which, path, json, method, headers) =>
      send(`${servers[which].url}${path}`, {
        headers: { ...own, ...headers },
        ...(method !== undefined && { method }),
        ...(json !== undefined && { json }),
      }),
    restart: async () => {
      servers[0] = await spawnServer(settings);
    },
    keyOf: (tenant) => keyOf(servers[1], tenant),
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await drop();
    },
  };
}

async function keyOf(server: SpawnedServer, tenant: string): Promise<Record<string, string>> {
  const made = await send(`${server.url}/v1/keys`, { json: { name: tenant, tenant }, headers: ADMIN });
  return { authorization: `Bearer ${made.body['key'] as string}` };
}
