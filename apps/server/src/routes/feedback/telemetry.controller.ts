import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { Caller } from '#libs/kernel';
import { MAX_PATTERNS, ToolLearning } from '#libs/learning';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { WireRoute } from '../../http/route-options.js';
import { fromImport, toExport } from './learned-export.mapper.js';
import { learnedImport, type LearnedImport } from './learned-import.schema.js';
import { toTelemetry, toTelemetryTool, toTelemetryTools } from './telemetry.mapper.js';
import type { Wire } from '../../http/wire.js';

/** What compression came to per structure of outputs. It leaves this server only when it is exported here. */
@Controller('v1/telemetry')
export class TelemetryController {
  constructor(@Inject(ToolLearning) private readonly learning: ToolLearning) {}

  @Get()
  @WireRoute()
  @Documented({ summary: 'What compression came to over all tools' })
  async telemetry(@CurrentCaller() caller: Caller): Promise<Wire> {
    return toTelemetry(await this.learning.totals(caller));
  }

  @Get('export')
  @WireRoute()
  @Documented({
    summary: 'What was learned here, to be imported elsewhere: counts and names of fields, never values',
  })
  async export(@CurrentCaller() caller: Caller): Promise<Wire> {
    return toExport(await this.learning.export(caller), await this.learning.totals(caller));
  }

  @Post('import')
  @HttpCode(200)
  @WireRoute()
  @Documented({
    summary: 'Take over what another server learned; what came from the same one before is replaced',
  })
  async import(
    @CurrentCaller() caller: Caller,
    @Body({ schema: learnedImport }) body: LearnedImport,
  ): Promise<Wire> {
    await this.learning.import(caller, fromImport(body));
    return { status: 'imported', current_stats: toTelemetry(await this.learning.totals(caller)) };
  }

  @Get('tools')
  @WireRoute()
  @Documented({ summary: 'What is known per structure of outputs, by its signature' })
  async tools(@CurrentCaller() caller: Caller): Promise<Wire> {
    return toTelemetryTools(await this.learning.bySignature(caller, MAX_PATTERNS));
  }

  @Get('tools/:signature')
  @WireRoute()
  @Documented({ summary: 'What is known of one structure, by its signature' })
  async tool(@CurrentCaller() caller: Caller, @Param('signature') signature: string): Promise<Wire> {
    return toTelemetryTool(signature, await this.learning.ofSignature(caller, signature));
  }
}
