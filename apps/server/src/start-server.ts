import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiKeys } from '#libs/access';
import { Database } from '#libs/adapters';
import { HeadroomError } from '#libs/kernel';
import { Log } from '#libs/platform';
import { isLoopback } from './config/loopback.js';
import type { ConfigReading } from './config/read-config.js';
import type { ServerConfig } from './config/server-config.js';
import { createApp } from './create-app.js';
import { VERSION } from './version.js';

/** Opens everything, listens and says where. @throws HeadroomError when the configuration or the store is at fault. */
export async function startServer({ config, unknownNames }: ConfigReading): Promise<NestFastifyApplication> {
  const app = await createApp(config);
  try {
    await refuseOpenAddress(config, app.get(ApiKeys));
    await listen(app, config);
  } catch (error) {
    await app.close();
    throw error;
  }
  const log = app.get<Log>(Log);
  for (const name of unknownNames) {
    log.warn({ name }, 'this variable means nothing here; it may be misspelt');
  }
  const { address, banner } = await describe(app);
  process.stdout.write(banner);
  log.info({ version: VERSION, address }, 'listening');
  return app;
}

async function refuseOpenAddress({ server }: ServerConfig, keys: ApiKeys): Promise<void> {
  if (isLoopback(server.host) || (await keys.areConfigured())) return;
  throw new HeadroomError(
    'configuration_error',
    `HEADROOM_HOST is ${server.host}, which other machines can reach, but no API key is configured, so that anybody ` +
      'could read everything. Set HEADROOM_API_KEY (`openssl rand -hex 32` makes a good one), or listen on 127.0.0.1.',
  );
}

async function listen(app: NestFastifyApplication, { server }: ServerConfig): Promise<void> {
  try {
    await app.listen(server.port, server.host);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HeadroomError(
      'configuration_error',
      `The server cannot listen on ${server.host}:${server.port} (${reason}). Set HEADROOM_PORT or HEADROOM_HOST.`,
      {},
      { cause },
    );
  }
}

async function describe(app: NestFastifyApplication): Promise<{ address: string; banner: string }> {
  const address = await app.getUrl();
  const { location, dialect } = app.get<Database>(Database).describe();
  const lines = [
    `Headroom ${VERSION}`,
    `  API   ${address}`,
    `  Docs  ${address}/docs`,
    `  Data  ${location} (${dialect})`,
  ];
  return { address, banner: `${lines.join('\n')}\n` };
}
