import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { answerToolCall, OriginalStore, Retriever } from '#libs/ccr';
import type { Caller } from '#libs/kernel';
import { SERVER_CONFIG, type ServerConfig } from '../../config/server-config.js';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { WireRoute } from '../../http/route-options.js';
import { scopeOf } from '../chat-completions/own-headers.js';
import {
  fromOutcome,
  fromStats,
  fromToolCall,
  toRetrieveRequest,
  toToolCallRequest,
} from './retrieve.mapper.js';
import * as schema from './retrieve.schema.js';
import type { Wire } from '../../http/wire.js';

@Controller('v1/retrieve')
export class RetrieveController {
  constructor(
    @Inject(Retriever) private readonly retriever: Retriever,
    @Inject(OriginalStore) private readonly originals: OriginalStore,
    @Inject(SERVER_CONFIG) private readonly config: ServerConfig,
  ) {}

  @Post()
  @HttpCode(200)
  @WireRoute()
  @Documented({ summary: 'Get an original back by its hash', answers: { 200: schema.retrieveAnswer } })
  async retrieve(
    @CurrentCaller() caller: Caller,
    @Body({ schema: schema.retrieveBody }) body: schema.RetrieveBody,
    @Req() request: FastifyRequest,
  ): Promise<Wire> {
    const wanted = toRetrieveRequest(body, scopeOf(request)?.userId);
    return fromOutcome(await this.retriever.retrieve(caller, wanted));
  }

  @Get('stats')
  @WireRoute()
  @Documented({ summary: 'How many originals are kept, and how often they were read' })
  async stats(@CurrentCaller() caller: Caller): Promise<Wire> {
    return fromStats(await this.originals.stats(caller), this.config.originals);
  }

  @Post('tool_call')
  @HttpCode(200)
  @WireRoute()
  @Documented({
    summary: "Answer a model's call of the retrieve tool",
    answers: { 200: schema.toolCallAnswer },
  })
  async toolCall(
    @CurrentCaller() caller: Caller,
    @Body({ schema: schema.toolCallBody }) body: schema.ToolCallBody,
    @Req() request: FastifyRequest,
  ): Promise<Wire> {
    const call = toToolCallRequest(body, scopeOf(request)?.userId);
    return fromToolCall(await answerToolCall(caller, this.retriever, call));
  }

  @Get(':hash')
  @WireRoute()
  @Documented({ summary: 'Get an original back by its hash', answers: { 200: schema.retrieveAnswer } })
  async retrieveByHash(
    @CurrentCaller() caller: Caller,
    @Param('hash') hash: string,
    @Query({ schema: schema.retrieveQuery }) { query }: schema.RetrieveQuery,
    @Req() request: FastifyRequest,
  ): Promise<Wire> {
    const wanted = toRetrieveRequest({ hash, query }, scopeOf(request)?.userId);
    return fromOutcome(await this.retriever.retrieve(caller, wanted));
  }
}
