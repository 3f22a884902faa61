import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { Caller } from '#libs/kernel';
import { ToolLearning } from '#libs/learning';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { WireRoute } from '../../http/route-options.js';
import {
  toFeedback,
  toPatternWithPrefix,
  toTelemetry,
  toToinPatterns,
  toToinStats,
  toToolFeedback,
} from './feedback.mapper.js';
import { patternsQuery, type PatternsQuery } from './feedback.schema.js';
import type { Wire } from '../../http/wire.js';

/** How many tools a summary looks at. */
const TRACKED_TOOLS = 1000;

/** What was learned of tools: counts alone, never contents. */
@Controller('v1')
export class FeedbackController {
  constructor(@Inject(ToolLearning) private readonly learning: ToolLearning) {}

  @Get('telemetry')
  @WireRoute()
  @Documented({ summary: 'What compression came to over all tools' })
  async telemetry(@CurrentCaller() caller: Caller): Promise<Wire> {
    return toTelemetry(await this.learning.totals(caller));
  }

  @Get('feedback')
  @WireRoute()
  @Documented({ summary: 'What became of compressed tool outputs' })
  async feedback(@CurrentCaller() caller: Caller): Promise<Wire> {
    return toFeedback(await this.learning.totals(caller), await this.learning.list(caller, TRACKED_TOOLS));
  }

  @Get('feedback/:tool')
  @WireRoute()
  @Documented({ summary: "How a tool's outputs are best compressed" })
  async toolFeedback(@CurrentCaller() caller: Caller, @Param('tool') tool: string): Promise<Wire> {
    return toToolFeedback(tool, await this.learning.find(caller, tool));
  }

  @Get('toin/stats')
  @WireRoute()
  @Documented({ summary: 'How much was learned' })
  async toinStats(@CurrentCaller() caller: Caller): Promise<Wire> {
    return toToinStats(await this.learning.totals(caller), await this.learning.list(caller, TRACKED_TOOLS));
  }

  @Get('toin/patterns')
  @WireRoute()
  @Documented({ summary: 'Learned patterns, most compressed first' })
  async toinPatterns(
    @CurrentCaller() caller: Caller,
    @Query({ schema: patternsQuery }) { limit }: PatternsQuery,
  ): Promise<readonly Wire[]> {
    return toToinPatterns(await this.learning.list(caller, limit));
  }

  @Get('toin/pattern/:prefix')
  @WireRoute()
  @Documented({ summary: 'One learned pattern, by the beginning of its hash' })
  async toinPattern(@CurrentCaller() caller: Caller, @Param('prefix') prefix: string): Promise<Wire> {
    return toPatternWithPrefix(await this.learning.list(caller, TRACKED_TOOLS), prefix);
  }
}
