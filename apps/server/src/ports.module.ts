import {
  Global,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type InjectionToken,
} from '@nestjs/common';
import { ApiKeys, ApiKeyStore, SecretSource } from '#libs/access';
import { ProcessApiKeyStore } from './no-stored-keys.js';
import { Clock, Ids } from '#libs/kernel';
import { Log, PinoLog, ShutdownPhases, SystemClock, UuidV7Ids } from '#libs/platform';
import { SERVER_CONFIG, type ServerConfig } from './config/server-config.js';
import { RandomSecrets } from './random-secrets.js';
import { Readiness } from './routes/health/readiness.js';

/** Tests put their own part in the place of a port's adapter: `new Map([[Clock, fakeClock]])`. */
export type PortOverrides = ReadonlyMap<InjectionToken, unknown>;

/** Chooses one adapter per port, by configuration, and offers the ports to every route module. */
@Global()
@Module({})
export class PortsModule {
  static with(config: ServerConfig, overrides: PortOverrides = new Map()): DynamicModule {
    const providers = [{ provide: SERVER_CONFIG, useFactory: () => config }, ...PORTS].map((port) =>
      overrides.has(port.provide) ? { provide: port.provide, useValue: overrides.get(port.provide) } : port,
    );
    return { module: PortsModule, providers, exports: providers.map((port) => port.provide) };
  }
}

const PORTS: readonly FactoryProvider[] = [
  { provide: Clock, useFactory: () => new SystemClock() },
  { provide: Ids, useFactory: () => new UuidV7Ids() },
  { provide: SecretSource, useFactory: () => new RandomSecrets() },
  { provide: ShutdownPhases, useFactory: () => new ShutdownPhases() },
  { provide: Readiness, useFactory: () => new Readiness() },
  {
    provide: Log,
    inject: [SERVER_CONFIG],
    useFactory: (config: ServerConfig) => new PinoLog(config.logging),
  },
  { provide: ApiKeyStore, useFactory: () => new ProcessApiKeyStore() },
  {
    provide: ApiKeys,
    inject: [SERVER_CONFIG, ApiKeyStore, Clock, Ids, SecretSource],
    useFactory: (config: ServerConfig, store: ApiKeyStore, clock: Clock, ids: Ids, secrets: SecretSource) =>
      new ApiKeys(store, clock, ids, secrets, config.server.apiKey),
  },
];
