import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ContextService } from '#libs/conversation';
import type { Caller } from '#libs/kernel';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { fromContext, toContextRequest } from './context.mapper.js';
import { buildContext, contextAnswer, type BuildContext } from './context.schema.js';

@Controller('v1/context')
export class ContextController {
  constructor(@Inject(ContextService) private readonly contexts: ContextService) {}

  @Post()
  @HttpCode(200)
  @Documented({ summary: 'Make messages fit a budget', answers: { 200: contextAnswer } })
  async build(
    @CurrentCaller() caller: Caller,
    @Body({ schema: buildContext }) body: BuildContext,
  ): Promise<Readonly<Record<string, unknown>>> {
    return fromContext(await this.contexts.build(caller, toContextRequest(body)));
  }
}
