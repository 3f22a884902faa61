import { Controller, Get, HttpCode, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Clock } from '#libs/kernel';
import { SERVER_CONFIG, type ServerConfig } from '../../config/server-config.js';
import { OpenRoute } from '../../http/route-options.js';
import { VERSION } from '../../version.js';
import { toHealth, toReadiness } from './health.mapper.js';
import { Readiness } from './readiness.js';

@Controller()
export class HealthController {
  constructor(
    @Inject(SERVER_CONFIG) private readonly config: ServerConfig,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Always 200 while the process answers at all. */
  @Get('livez')
  @OpenRoute()
  livez(): Record<string, unknown> {
    return { status: 'alive' };
  }

  /** 503 while anything the server needs does not work. */
  @Get('readyz')
  @OpenRoute()
  async readyz(@Res({ passthrough: true }) reply: FastifyReply): Promise<Record<string, unknown>> {
    const report = await this.readiness.report();
    void reply.status(report.ready ? 200 : 503);
    return toReadiness(report);
  }

  @Get('health')
  @HttpCode(200)
  @OpenRoute()
  async health(): Promise<Record<string, unknown>> {
    return toHealth({
      ...(await this.readiness.report()),
      version: VERSION,
      now: this.clock.now(),
      uptimeSeconds: process.uptime(),
      mode: this.config.mode,
      store: this.config.storage.storeUrl === undefined ? 'sqlite' : 'postgres',
    });
  }
}
