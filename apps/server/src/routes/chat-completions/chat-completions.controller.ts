import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChatTurn } from '#libs/chat';
import type { Caller } from '#libs/kernel';
import { SERVER_CONFIG, type ServerConfig } from '../../config/server-config.js';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { ProviderRoute } from '../../http/route-options.js';
import {
  chatCompletionRequestSchema,
  chatCompletionSchema,
  TURN_HEADERS,
} from './chat-completions.schema.js';
import { toTurnRequest } from './chat-completions.mapper.js';
import { sendAnswer } from './send-answer.js';

/** OpenAI's chat route: the way of a request through the house. */
@Controller('v1/chat/completions')
export class ChatCompletionsController {
  constructor(
    @Inject(ChatTurn) private readonly turns: ChatTurn,
    @Inject(SERVER_CONFIG) private readonly config: ServerConfig,
  ) {}

  @Post()
  @ProviderRoute('openai')
  @Documented({
    summary: 'Create a chat completion, with memory and compression on the way',
    answers: { 200: chatCompletionSchema },
    body: chatCompletionRequestSchema,
    headers: TURN_HEADERS,
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendAnswer(reply, (gone) => this.turns.take(caller, toTurnRequest(request, this.config, gone)));
  }
}
