import { createPostgresDatabase } from '../../support/postgres.js';
import { spawnServer } from '../../support/spawn-server.js';

/** Where agents work together: on one server, or on two that share everything. */
export interface Deployment {
  readonly name: string;
  /** Of every server; the same one twice where there is only one. */
  readonly urls: readonly [string, string];
  stop(): Promise<void>;
}

export async function startEmbedded(): Promise<Deployment> {
  const server = await spawnServer();
  return {
    name: 'one server, SQLite',
    urls: [server.url, server.url],
    stop: async () => {
      await server.stop();
    },
  };
}

/** Undefined where the services are not there. */
export async function startCluster(): Promise<Deployment | undefined> {
  const redisUrl = process.env.TEST_REDIS_URL ?? '';
  if ((process.env.TEST_POSTGRES_URL ?? '') === '' || redisUrl === '') {
    console.log('Two servers: left out, TEST_POSTGRES_URL and TEST_REDIS_URL are not both set.');
    return undefined;
  }
  const { url, drop } = await createPostgresDatabase();
  const settings = { HEADROOM_STORE_URL: url, HEADROOM_REDIS_URL: redisUrl };
  const servers = await Promise.all([spawnServer(settings), spawnServer(settings)]);
  return {
    name: 'two servers, PostgreSQL and Redis',
    urls: [servers[0].url, servers[1].url],
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await drop();
    },
  };
}
