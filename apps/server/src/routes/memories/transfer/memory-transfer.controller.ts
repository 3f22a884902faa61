import type { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '#libs/kernel';
import { MemoryService } from '#libs/memory';
import { CurrentCaller } from '../../../http/current-caller.js';
import { Documented } from '../../../http/documented.js';
import { StreamedRoute } from '../../../http/route-options.js';
import { sendStream } from '../../../http/send-stream.js';
import type { Wire } from '../../../http/wire.js';
import { importLine } from './import-line.schema.js';
import { importRecords } from './import-records.js';
import {
  toExportRequest,
  toImported,
  toImportOptions,
  toLines,
  toRollback,
  toRollbackRequest,
} from './memory-transfer.mapper.js';
import * as schema from './memory-transfer.schema.js';

/** Memories as a whole: out, in, and back to what they were. */
@Controller('v1/memories')
export class MemoryTransferController {
  constructor(@Inject(MemoryService) private readonly memories: MemoryService) {}

  @Post('rollback')
  @HttpCode(200)
  @Documented({
    summary: 'Return a scope and all below it to what was current at an instant, by appending alone',
    answers: { 200: schema.rollbackAnswer },
  })
  async rollback(
    @CurrentCaller() caller: Caller,
    @Body({ schema: schema.rollbackMemories }) body: schema.RollbackMemories,
  ): Promise<Wire> {
    const request = toRollbackRequest(body);
    return toRollback(await this.memories.rollback(caller, request), request);
  }

  @Get('export')
  @Documented({
    summary:
      'Everything a scope and all below it hold, one memory a line, in stored order; ' +
      'what is written meanwhile may or may not be there, and `after` goes on after a break',
    answers: { 200: schema.exportedMemory },
    contentType: 'application/x-ndjson',
  })
  async export(
    @CurrentCaller() caller: Caller,
    @Query({ schema: schema.exportMemories }) query: schema.ExportMemories,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const pages = await this.memories.exportScope(caller, toExportRequest(query));
    sendStream(reply, 'application/x-ndjson; charset=utf-8', toLines(pages));
  }

  @Post('import')
  @HttpCode(200)
  @StreamedRoute()
  @Documented({
    summary:
      'Take memories in as they are told, one a line (or item of a JSON array), of any number; what is there is ' +
      'skipped, so that the same file can be sent again after a break',
    body: importLine,
    bodyType: 'application/x-ndjson',
    answers: { 200: schema.importAnswer },
  })
  async import(
    @CurrentCaller() caller: Caller,
    @Query({ schema: schema.importMemories }) query: schema.ImportMemories,
    @Body() body: Readable,
  ): Promise<Wire> {
    return toImported(await this.memories.importAll(caller, importRecords(body, toImportOptions(query))));
  }
}
