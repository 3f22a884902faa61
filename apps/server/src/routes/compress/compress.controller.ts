import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PromptCompression } from '#libs/conversation';
import type { Caller } from '#libs/kernel';
import { SERVER_CONFIG, type ServerConfig } from '../../config/server-config.js';
import { answerWith } from '../../http/answer.js';
import { clientGone } from '../../http/client-gone.js';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { ExactBodyPipe, type ExactBody } from '../../http/exact-body.js';
import { ExactWireRoute } from '../../http/route-options.js';
import { circumstancesOf } from './compress-circumstances.js';
import { compressBatch } from './compress.batch.js';
import { fromPrompt, toPromptRequest } from './compress.mapper.js';
import {
  compressAnswer,
  compressBatchAnswer,
  compressBatchBody,
  type CompressBatchBody,
  compressBody,
  type CompressBody,
} from './compress.schema.js';

@Controller('v1/compress')
export class CompressController {
  constructor(
    @Inject(PromptCompression) private readonly prompts: PromptCompression,
    @Inject(SERVER_CONFIG) private readonly config: ServerConfig,
  ) {}

  @Post()
  @HttpCode(200)
  @ExactWireRoute()
  @Documented({
    summary: 'Make a prompt smaller; what is taken out stays retrievable',
    answers: { 200: compressAnswer },
    body: compressBody,
  })
  async compress(
    @CurrentCaller() caller: Caller,
    @Body(new ExactBodyPipe(compressBody)) body: ExactBody<CompressBody>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const prompt = toPromptRequest(body, circumstancesOf(request, this.config.mode), clientGone(reply));
    return answerWith(reply, fromPrompt(await this.prompts.compress(caller, prompt)));
  }

  @Post('batch')
  @HttpCode(200)
  @ExactWireRoute()
  @Documented({
    summary: 'Make up to 100 prompts smaller; each item answers for itself',
    answers: { 200: compressBatchAnswer },
    body: compressBatchBody,
  })
  async compressMany(
    @CurrentCaller() caller: Caller,
    @Body(new ExactBodyPipe(compressBatchBody)) body: ExactBody<CompressBatchBody>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const circumstances = circumstancesOf(request, this.config.mode);
    const signal = clientGone(reply);
    return answerWith(reply, await compressBatch(this.prompts, caller, body, { circumstances, signal }));
  }
}
