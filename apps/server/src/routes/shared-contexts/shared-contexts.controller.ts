import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Put,
  Query,
  Res,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '#libs/kernel';
import { SharedContextService } from '#libs/shared-context';
import { answerWith } from '../../http/answer.js';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { expectedVersion } from '../../http/etag.js';
import { ExactBodyPipe, type ExactBody } from '../../http/exact-body.js';
import { pageSchema, type PageOnTheWire } from '../../http/page.schema.js';
import { ExactJsonRoute } from '../../http/route-options.js';
import {
  fromCleared,
  fromConfig,
  fromEntries,
  fromPut,
  fromTotals,
  fromView,
  toConfig,
  toGetOptions,
  toPutRequest,
} from './shared-contexts.mapper.js';
import * as schema from './shared-contexts.schema.js';
import type { Wire } from '../../http/wire.js';

@Controller('v1/shared-contexts/:context')
export class SharedContextsController {
  constructor(@Inject(SharedContextService) private readonly contexts: SharedContextService) {}

  @Put('entries/:key')
  @ExactJsonRoute()
  @Documented({
    summary: 'Put something where other agents find it',
    body: schema.putEntry,
    answers: { 201: schema.entryAnswer, 200: schema.entryAnswer },
  })
  async put(
    @CurrentCaller() caller: Caller,
    @Param('context', { schema: schema.name }) context: string,
    @Param('key', { schema: schema.name }) key: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Body(new ExactBodyPipe(schema.putEntry)) body: ExactBody<schema.PutEntry>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Wire> {
    const request = toPutRequest(context, key, body, { ifMatch, ifNoneMatch });
    return answerWith(reply, fromPut(await this.contexts.put(caller, request)));
  }

  @Get('entries/:key')
  @Documented({
    summary: 'Read an entry: compressed, in full, or only what matches a query',
    answers: { 200: schema.contentAnswer },
  })
  async get(
    @CurrentCaller() caller: Caller,
    @Param('context', { schema: schema.name }) context: string,
    @Param('key', { schema: schema.name }) key: string,
    @Query({ schema: schema.getEntry }) query: schema.GetEntry,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return answerWith(reply, fromView(await this.contexts.get(caller, context, key, toGetOptions(query))));
  }

  @Get('entries')
  @Documented({
    summary: 'List entries, newest first, without contents',
    answers: { 200: pageSchema(schema.entryAnswer) },
  })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('context', { schema: schema.name }) context: string,
    @Query({ schema: schema.listEntries }) page: schema.ListEntries,
  ): Promise<PageOnTheWire<Wire>> {
    return fromEntries(await this.contexts.list(caller, context, page));
  }

  @Delete('entries/:key')
  @HttpCode(204)
  @Documented({ summary: 'Delete an entry', answers: { 204: null } })
  remove(
    @CurrentCaller() caller: Caller,
    @Param('context', { schema: schema.name }) context: string,
    @Param('key', { schema: schema.name }) key: string,
    @Headers('if-match') match: string | undefined,
  ): Promise<void> {
    return this.contexts.remove(caller, context, key, expectedVersion(match));
  }

  @Delete('entries')
  @HttpCode(200)
  @Documented({ summary: 'Delete all entries of a context' })
  async clear(
    @CurrentCaller() caller: Caller,
    @Param('context', { schema: schema.name }) context: string,
  ): Promise<Wire> {
    return fromCleared(await this.contexts.clear(caller, context));
  }

  @Get('stats')
  @Documented({
    summary: 'What a context holds and what compression saves',
    answers: { 200: schema.statsAnswer },
  })
  async stats(
    @CurrentCaller() caller: Caller,
    @Param('context', { schema: schema.name }) context: string,
  ): Promise<Wire> {
    return fromTotals(await this.contexts.totals(caller, context));
  }

  @Put('config')
  @Documented({ summary: 'Set the configuration of a context', answers: { 200: schema.configAnswer } })
  async configure(
    @CurrentCaller() caller: Caller,
    @Param('context', { schema: schema.name }) context: string,
    @Body({ schema: schema.putConfig }) body: schema.PutConfig,
  ): Promise<Wire> {
    return fromConfig(await this.contexts.configure(caller, context, toConfig(body)));
  }
}
