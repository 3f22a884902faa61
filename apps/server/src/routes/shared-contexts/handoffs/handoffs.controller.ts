import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Clock, type Caller } from '#libs/kernel';
import { HandoffService } from '#libs/shared-context';
import { answerWith } from '../../../http/answer.js';
import { clientGone } from '../../../http/client-gone.js';
import { CurrentCaller } from '../../../http/current-caller.js';
import { Documented } from '../../../http/documented.js';
import { pageSchema, type PageOnTheWire } from '../../../http/page.schema.js';
import { RepeatableRoute } from '../../../http/route-options.js';
import { scopeId } from '../../../http/scope.schema.js';
import type { Wire } from '../../../http/wire.js';
import {
  fromAccepted,
  fromCreated,
  fromHandoff,
  fromHandoffs,
  toFilter,
  toHandoffRequest,
} from './handoffs.mapper.js';
import * as schema from './handoffs.schema.js';

@Controller('v1/shared-contexts/:context/handoffs')
export class HandoffsController {
  constructor(
    @Inject(HandoffService) private readonly handoffs: HandoffService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Post()
  @RepeatableRoute()
  @Documented({
    summary: 'Hand entries over to another agent, as they are now',
    answers: { 201: schema.handoffAnswer },
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Param('context', { schema: scopeId }) context: string,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Body({ schema: schema.createHandoff }) body: schema.CreateHandoff,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Wire> {
    const request = { ...toHandoffRequest(context, body), idempotencyKey };
    return answerWith(reply, fromCreated(await this.handoffs.create(caller, request)));
  }

  @Get()
  @Documented({
    summary: 'List handoffs, newest first, without contents; or wait for one',
    answers: { 200: pageSchema(schema.handoffAnswer) },
  })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('context', { schema: scopeId }) context: string,
    @Query({ schema: schema.listHandoffs }) query: schema.ListHandoffs,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageOnTheWire<Wire>> {
    const { wait_seconds: seconds } = query;
    const wait = seconds === undefined ? undefined : { seconds, signal: clientGone(reply) };
    const page = await this.handoffs.list(caller, context, toFilter(query), query, wait);
    return fromHandoffs(page, this.clock.now());
  }

  @Get(':id')
  @Documented({ summary: 'Read a handoff, without contents', answers: { 200: schema.handoffAnswer } })
  async get(
    @CurrentCaller() caller: Caller,
    @Param('context', { schema: scopeId }) context: string,
    @Param('id') id: string,
  ): Promise<Wire> {
    return fromHandoff(await this.handoffs.get(caller, context, id), this.clock.now());
  }

  @Post(':id/accept')
  @HttpCode(200)
  @RepeatableRoute()
  @Documented({
    summary: 'Take a handoff with its contents, once',
    answers: { 200: schema.acceptedAnswer },
  })
  async accept(
    @CurrentCaller() caller: Caller,
    @Param('context', { schema: scopeId }) context: string,
    @Param('id') id: string,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Body({ schema: schema.acceptHandoff }) _body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const accepted = await this.handoffs.accept(caller, context, id, idempotencyKey);
    return answerWith(reply, fromAccepted(accepted, this.clock.now()));
  }
}
