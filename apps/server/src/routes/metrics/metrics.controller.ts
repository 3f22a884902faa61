import { Controller, Get, Header, HttpCode, Inject, Post } from '@nestjs/common';
import { Metrics } from '#libs/platform';
import { Documented } from '../../http/documented.js';
import { WireRoute } from '../../http/route-options.js';

@Controller()
export class MetricsController {
  constructor(@Inject(Metrics) private readonly metrics: Metrics) {}

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Documented({ summary: "The process's metrics in Prometheus' text format", contentType: 'text/plain' })
  text(): Promise<string> {
    return this.metrics.text();
  }

  /** Answers of providers are not cached, so there is nothing to clear; clients call this before they measure. */
  @Post('cache/clear')
  @HttpCode(200)
  @WireRoute()
  @Documented({ summary: 'Clear the cache of provider answers' })
  clearCache(): { status: string } {
    return { status: 'cache disabled' };
  }

  @Get('debug/memory')
  @WireRoute()
  @Documented({ summary: 'What the process uses of memory, in bytes' })
  memory(): Record<string, unknown> {
    const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage();
    return {
      process: {
        rss_bytes: rss,
        heap_total_bytes: heapTotal,
        heap_used_bytes: heapUsed,
        external_bytes: external,
        array_buffers_bytes: arrayBuffers,
      },
      rss_mb: Math.round((rss / 1024 / 1024) * 10) / 10,
      uptime_seconds: process.uptime(),
    };
  }
}
