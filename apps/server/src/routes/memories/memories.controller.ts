import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '#libs/kernel';
import { MemoryExtractor, MemoryInjector, MemoryService } from '#libs/memory';
import { answerWith } from '../../http/answer.js';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { expectedVersion } from '../../http/etag.js';
import { pageSchema, type PageOnTheWire } from '../../http/page.schema.js';
import { toScope } from '../../http/scope.schema.js';
import { createBatch } from './memories.batch.js';
import {
  toBatch,
  toDraft,
  toExtractRequest,
  toExtracted,
  toHistory,
  toInjectRequest,
  toInjected,
  toListRequest,
  toMemoryPage,
  toPatch,
  toScopeReceipt,
  toSearchAnswer,
  toSearchRequest,
  toStats,
  toSupersedeDraft,
} from './memories.mapper.js';
import * as schema from './memories.schema.js';
import { toCreated, toMemoryAnswer, toSuccessor, type MemoryOnTheWire } from './memory.mapper.js';
import type { Wire } from '../../http/wire.js';

@Controller('v1/memories')
export class MemoriesController {
  constructor(
    @Inject(MemoryService) private readonly memories: MemoryService,
    @Inject(MemoryInjector) private readonly injector: MemoryInjector,
    @Inject(MemoryExtractor) private readonly extractor: MemoryExtractor,
  ) {}

  @Post()
  @Documented({
    summary: 'Remember something; the same text again is 200 with `deduplicated: true`',
    answers: { 201: schema.memoryAnswer, 200: schema.memoryAnswer },
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: schema.createMemory }) body: schema.CreateMemory,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemoryOnTheWire> {
    return answerWith(reply, toCreated(await this.memories.create(caller, toDraft(body))));
  }

  @Post('batch')
  @HttpCode(200)
  @Documented({ summary: 'Remember up to 1,000 things; each item answers for itself' })
  async createMany(
    @CurrentCaller() caller: Caller,
    @Body({ schema: schema.createMemories }) body: schema.CreateMemories,
  ): Promise<Wire> {
    return toBatch(await createBatch(this.memories, caller, body));
  }

  @Get()
  @Documented({ summary: 'List the memories of a scope', answers: { 200: pageSchema(schema.memoryAnswer) } })
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: schema.listMemories }) query: schema.ListMemories,
  ): Promise<PageOnTheWire<MemoryOnTheWire>> {
    return toMemoryPage(await this.memories.list(caller, toListRequest(query)));
  }

  @Delete()
  @HttpCode(200)
  @Documented({ summary: 'Erase every memory of a scope and of all below it, history included' })
  async removeScope(
    @CurrentCaller() caller: Caller,
    @Query({ schema: schema.memoryScope }) query: schema.MemoryScope,
  ): Promise<Wire> {
    return toScopeReceipt(await this.memories.removeScope(caller, toScope(query)));
  }

  @Post('search')
  @HttpCode(200)
  @Documented({ summary: 'Find memories by meaning and by words' })
  async search(
    @CurrentCaller() caller: Caller,
    @Body({ schema: schema.searchMemories }) body: schema.SearchMemories,
  ): Promise<Wire> {
    return toSearchAnswer(await this.memories.search(caller, toSearchRequest(body)));
  }

  @Post('inject')
  @HttpCode(200)
  @Documented({ summary: 'Put what is remembered into a chat before it goes to a model' })
  async inject(
    @CurrentCaller() caller: Caller,
    @Body({ schema: schema.injectMemories }) body: schema.InjectMemories,
  ): Promise<Wire> {
    return toInjected(await this.injector.inject(caller, toInjectRequest(body)));
  }

  @Post('extract')
  @HttpCode(200)
  @Documented({ summary: "Strip the memory blocks from a model's answer and keep what they say" })
  async extract(
    @CurrentCaller() caller: Caller,
    @Body({ schema: schema.extractMemories }) body: schema.ExtractMemories,
  ): Promise<Wire> {
    return toExtracted(await this.extractor.extract(caller, toExtractRequest(body)));
  }

  @Get('stats')
  @Documented({ summary: 'How many memories a scope and all below it hold' })
  async stats(
    @CurrentCaller() caller: Caller,
    @Query({ schema: schema.memoryScope }) query: schema.MemoryScope,
  ): Promise<Wire> {
    return toStats(await this.memories.stats(caller, toScope(query)));
  }

  @Get(':id')
  @Documented({ summary: 'Read a memory', answers: { 200: schema.memoryAnswer } })
  async get(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemoryOnTheWire> {
    return answerWith(reply, toMemoryAnswer(await this.memories.get(caller, id)));
  }

  @Patch(':id')
  @Documented({
    summary: 'Change what is known about a memory, but not its content',
    answers: { 200: schema.memoryAnswer },
  })
  async patch(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Headers('if-match') match: string | undefined,
    @Body({ schema: schema.patchMemory }) body: schema.PatchMemory,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemoryOnTheWire> {
    const memory = await this.memories.patch(caller, id, toPatch(body), expectedVersion(match));
    return answerWith(reply, toMemoryAnswer(memory));
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented({ summary: 'Erase a memory; its history keeps a tombstone', answers: { 204: null } })
  remove(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Headers('if-match') match: string | undefined,
  ): Promise<void> {
    return this.memories.remove(caller, id, expectedVersion(match));
  }

  @Post(':id/supersede')
  @Documented({ summary: 'Replace a memory by a newer one', answers: { 201: schema.memoryAnswer } })
  async supersede(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Headers('if-match') match: string | undefined,
    @Body({ schema: schema.supersedeMemory }) body: schema.SupersedeMemory,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemoryOnTheWire> {
    const made = await this.memories.supersede(caller, id, toSupersedeDraft(body), expectedVersion(match));
    return answerWith(reply, toSuccessor(made));
  }

  @Get(':id/history')
  @Documented({ summary: 'The whole chain of a memory, oldest first' })
  async history(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<Wire> {
    return toHistory(await this.memories.history(caller, id));
  }

  @Post(':id/restore')
  @Documented({
    summary: 'Bring an older content back as a new memory',
    answers: { 201: schema.memoryAnswer },
  })
  async restore(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Headers('if-match') match: string | undefined,
    @Body({ schema: schema.emptyBody }) _body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemoryOnTheWire> {
    return answerWith(reply, toSuccessor(await this.memories.restore(caller, id, expectedVersion(match))));
  }

  @Post(':id/promote')
  @Documented({ summary: 'Copy a memory to a broader scope', answers: { 201: schema.memoryAnswer } })
  async promote(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Headers('if-match') match: string | undefined,
    @Body({ schema: schema.promoteMemory }) body: schema.PromoteMemory,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemoryOnTheWire> {
    const made = await this.memories.promote(caller, id, body.to, expectedVersion(match));
    return answerWith(reply, toCreated(made));
  }
}
