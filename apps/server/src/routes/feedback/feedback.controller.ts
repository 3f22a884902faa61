import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { Caller } from '#libs/kernel';
import { MAX_PATTERNS, ToolLearning } from '#libs/learning';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { WireRoute } from '../../http/route-options.js';
import {
  toFeedback,
  toFoundPattern,
  toToinPatterns,
  toToinStats,
  toToolFeedback,
} from './feedback.mapper.js';
import { patternsQuery, type PatternsQuery } from './feedback.schema.js';
import type { Wire } from '../../http/wire.js';

/** What was learned of tools and of the structures of their outputs: counts and names of fields, never values. */
@Controller('v1')
export class FeedbackController {
  constructor(@Inject(ToolLearning) private readonly learning: ToolLearning) {}

  @Get('feedback')
  @WireRoute()
  @Documented({ summary: 'What became of compressed tool outputs' })
  async feedback(@CurrentCaller() caller: Caller): Promise<Wire> {
    return toFeedback(await this.learning.totals(caller), await this.learning.byTool(caller));
  }

  @Get('feedback/:tool')
  @WireRoute()
  @Documented({ summary: "How a tool's outputs are best compressed" })
  async toolFeedback(@CurrentCaller() caller: Caller, @Param('tool') tool: string): Promise<Wire> {
    return toToolFeedback(tool, await this.learning.ofTool(caller, tool));
  }

  @Get('toin/stats')
  @WireRoute()
  @Documented({ summary: 'How much was learned' })
  async toinStats(@CurrentCaller() caller: Caller): Promise<Wire> {
    return toToinStats(
      await this.learning.totals(caller),
      await this.learning.bySignature(caller, MAX_PATTERNS),
    );
  }

  @Get('toin/patterns')
  @WireRoute()
  @Documented({ summary: 'Learned patterns, most compressed first' })
  async toinPatterns(
    @CurrentCaller() caller: Caller,
    @Query({ schema: patternsQuery }) { limit }: PatternsQuery,
  ): Promise<readonly Wire[]> {
    return toToinPatterns(await this.learning.bySignature(caller, limit));
  }

  @Get('toin/pattern/:prefix')
  @WireRoute()
  @Documented({ summary: 'One learned pattern, by the beginning of its hash' })
  async toinPattern(@CurrentCaller() caller: Caller, @Param('prefix') prefix: string): Promise<Wire> {
    return toFoundPattern(prefix, await this.learning.ofSignature(caller, prefix));
  }
}
