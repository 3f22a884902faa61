import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ContextService } from '#libs/conversation';
import type { Caller } from '#libs/kernel';
import { answerWith } from '../../http/answer.js';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { ExactBodyPipe, messageTexts, type ExactBody } from '../../http/exact-body.js';
import { ExactJsonRoute } from '../../http/route-options.js';
import { fromContext, toContextRequest } from './context.mapper.js';
import { buildContext, contextAnswer, type BuildContext } from './context.schema.js';

@Controller('v1/context')
export class ContextController {
  constructor(@Inject(ContextService) private readonly contexts: ContextService) {}

  @Post()
  @HttpCode(200)
  @ExactJsonRoute()
  @Documented({ summary: 'Make messages fit a budget', body: buildContext, answers: { 200: contextAnswer } })
  async build(
    @CurrentCaller() caller: Caller,
    @Body(new ExactBodyPipe(buildContext)) body: ExactBody<BuildContext>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const request = { ...toContextRequest(body.value), sentTexts: messageTexts(body) };
    return answerWith(reply, fromContext(await this.contexts.build(caller, request)));
  }
}
