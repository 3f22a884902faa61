import { Global, Module, type DynamicModule, type InjectionToken } from '@nestjs/common';
import { SERVER_CONFIG, type ServerConfig } from '../config/server-config.js';
import { BACKGROUND_PORTS } from './background.ports.js';
import { ENGINE_PORTS } from './engine.ports.js';
import { EVENT_PORTS } from './event.ports.js';
import { PLATFORM_PORTS } from './platform.ports.js';
import { port } from './port.js';
import { SERVICE_PORTS } from './service.ports.js';
import { STORE_PORTS } from './store.ports.js';

/** Tests put their own part in the place of a port's adapter: `new Map([[Clock, fakeClock]])`. */
export type PortOverrides = ReadonlyMap<unknown, unknown>;

/** Chooses one adapter per port, by configuration, and offers the ports to every route module. */
@Global()
@Module({})
export class PortsModule {
  static with(config: ServerConfig, overrides: PortOverrides = new Map()): DynamicModule {
    const ports = [
      port(SERVER_CONFIG, [], () => config),
      ...PLATFORM_PORTS,
      ...STORE_PORTS,
      ...SERVICE_PORTS,
      ...ENGINE_PORTS,
      ...EVENT_PORTS,
      ...BACKGROUND_PORTS,
    ];
    const providers = ports.map((one) =>
      overrides.has(one.provide) ? { provide: one.provide, useValue: overrides.get(one.provide) } : one,
    );
    const tokens: InjectionToken[] = ports.map((one) => one.provide);
    return { module: PortsModule, providers, exports: tokens };
  }
}
