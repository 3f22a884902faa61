import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ContextService } from '#libs/conversation';
import type { Caller } from '#libs/kernel';
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
  ): Promise<Readonly<Record<string, unknown>>> {
    return fromContext(
      await this.contexts.build(caller, { ...toContextRequest(body.value), sentTexts: messageTexts(body) }),
    );
  }
}
