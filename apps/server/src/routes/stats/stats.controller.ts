import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { OriginalStore } from '#libs/ccr';
import { Clock, type Caller } from '#libs/kernel';
import { ToolLearning } from '#libs/learning';
import { MemoryExtractor, MemoryService, MemoryTools } from '#libs/memory';
import { UsageRecorder } from '#libs/usage';
import { SERVER_CONFIG, type ServerConfig } from '../../config/server-config.js';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { WireRoute } from '../../http/route-options.js';
import { toCsv, toHistory } from './stats-history.mapper.js';
import { toStats } from './stats.mapper.js';
import { statsHistoryQuery, statsQuery, type StatsHistoryQuery } from './stats.schema.js';

const RECENT_REQUESTS = 20;

@Controller()
export class StatsController {
  constructor(
    @Inject(SERVER_CONFIG) private readonly config: ServerConfig,
    @Inject(UsageRecorder) private readonly usage: UsageRecorder,
    @Inject(OriginalStore) private readonly originals: OriginalStore,
    @Inject(ToolLearning) private readonly learning: ToolLearning,
    @Inject(MemoryExtractor) private readonly extractor: MemoryExtractor,
    @Inject(MemoryTools) private readonly memoryTools: MemoryTools,
    @Inject(MemoryService) private readonly memories: MemoryService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get('stats')
  @WireRoute()
  @Documented({ summary: "What the tenant's requests came to, since the start and over its whole life" })
  async stats(
    @CurrentCaller() caller: Caller,
    @Query({ schema: statsQuery }) _query: unknown,
  ): Promise<Record<string, unknown>> {
    const [lifetime, recent, originals, learned, embedder] = await Promise.all([
      this.usage.lifetime(caller),
      this.usage.recent(caller, RECENT_REQUESTS),
      this.originals.stats(caller),
      this.learning.totals(caller),
      this.memories.embedderStatus(),
    ]);
    return toStats({
      live: this.usage.live(caller),
      lifetime,
      recent,
      originals,
      learned,
      malformedBlocks: this.extractor.malformedBlocks(caller),
      memoryTools: this.memoryTools.use(caller),
      embedder,
      retention: this.config.originals,
      mode: this.config.mode,
      uptimeSeconds: process.uptime(),
    });
  }

  @Get('stats-history')
  @WireRoute()
  @Documented({ summary: 'Savings over time, as JSON or CSV' })
  async history(
    @CurrentCaller() caller: Caller,
    @Query({ schema: statsHistoryQuery }) query: StatsHistoryQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const hours = await this.usage.series(caller, 'hourly', Infinity);
    if (query.format === 'json') return toHistory(hours, query, this.clock.now());
    void reply.header('content-type', 'text/csv; charset=utf-8');
    return toCsv(hours, query);
  }
}
