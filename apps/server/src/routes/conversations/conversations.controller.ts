import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ConversationService } from '#libs/conversation';
import type { Caller } from '#libs/kernel';
import { answerWith } from '../../http/answer.js';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { ExactBodyPipe, type ExactBody } from '../../http/exact-body.js';
import { pageSchema, type PageOnTheWire } from '../../http/page.schema.js';
import { ExactAppendRoute } from '../../http/route-options.js';
import { toScope } from '../../http/scope.schema.js';
import { fromContext } from '../context/context.mapper.js';
import { contextAnswer } from '../context/context.schema.js';
import {
  fromAppend,
  fromConversation,
  fromConversations,
  fromMessages,
  toAppend,
  toContextRequest,
  toNewConversation,
} from './conversations.mapper.js';
import * as schema from './conversations.schema.js';
import type { Wire } from '../../http/wire.js';

@Controller('v1/conversations')
export class ConversationsController {
  constructor(@Inject(ConversationService) private readonly conversations: ConversationService) {}

  @Post()
  @Documented({ summary: 'Begin a conversation', answers: { 201: schema.conversationAnswer } })
  async create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: schema.createConversation }) body: schema.CreateConversation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Wire> {
    return answerWith(
      reply,
      fromConversation(await this.conversations.create(caller, toNewConversation(body))),
    );
  }

  @Get()
  @Documented({
    summary: "List a user's conversations, newest first",
    answers: { 200: pageSchema(schema.conversationAnswer) },
  })
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: schema.listConversations }) query: schema.ListConversations,
  ): Promise<PageOnTheWire<Wire>> {
    return fromConversations(await this.conversations.list(caller, toScope(query), query));
  }

  @Get(':id')
  @Documented({
    summary: 'Read what is known of a conversation',
    answers: { 200: schema.conversationAnswer },
  })
  async get(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Wire> {
    return answerWith(reply, fromConversation(await this.conversations.get(caller, id)));
  }

  @Post(':id/fork')
  @Documented({
    summary: 'Begin a conversation with the messages of another, up to one of them',
    answers: { 201: schema.conversationAnswer },
  })
  async fork(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: schema.forkConversation }) body: schema.ForkConversation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Wire> {
    return answerWith(reply, fromConversation(await this.conversations.fork(caller, id, body.at_index)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented({ summary: 'Delete a conversation with its messages', answers: { 204: null } })
  remove(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.conversations.remove(caller, id);
  }

  @Post(':id/messages')
  @ExactAppendRoute()
  @Documented({
    summary: 'Append messages, all or none',
    headers: schema.APPEND_HEADERS,
    body: schema.appendMessages,
    answers: { 201: schema.appendAnswer },
  })
  async append(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Body(new ExactBodyPipe(schema.appendMessages)) body: ExactBody<schema.AppendMessages>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Wire> {
    const request = toAppend(body, { ifMatch, idempotencyKey });
    return answerWith(reply, fromAppend(await this.conversations.append(caller, id, request)));
  }

  @Get(':id/messages')
  @Documented({
    summary: 'Read messages, oldest first, each as it was sent',
    answers: { 200: pageSchema(schema.storedMessageAnswer) },
  })
  async messages(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query({ schema: schema.listMessages }) page: schema.ListMessages,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return answerWith(reply, fromMessages(await this.conversations.messages(caller, id, page)));
  }

  @Post(':id/context')
  @HttpCode(200)
  @Documented({
    summary: 'Make a conversation fit a budget; what was given before is given again, byte for byte',
    answers: { 200: contextAnswer },
  })
  async context(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: schema.conversationContext }) body: schema.ConversationContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return answerWith(
      reply,
      fromContext(await this.conversations.context(caller, id, toContextRequest(body))),
    );
  }

  @Delete(':id/context')
  @HttpCode(204)
  @Documented({
    summary: 'Forget what earlier contexts gave and left out: the next one decides anew',
    answers: { 204: null },
  })
  resetContext(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.conversations.resetContext(caller, id);
  }
}
