import { Module, type DynamicModule } from '@nestjs/common';
import type { ServerConfig } from './config/server-config.js';
import { PortsModule, type PortOverrides } from './ports.module.js';
import { HealthModule } from './routes/health/health.module.js';

/** One module per resource; each finds the ports it needs in {@link PortsModule}. */
const ROUTES = [HealthModule];

@Module({})
export class AppModule {
  static with(config: ServerConfig, overrides?: PortOverrides): DynamicModule {
    return { module: AppModule, imports: [PortsModule.with(config, overrides), ...ROUTES] };
  }
}
