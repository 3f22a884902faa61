import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PromptCompression } from '#libs/conversation';
import type { Caller } from '#libs/kernel';
import { SERVER_CONFIG, type ServerConfig } from '../../config/server-config.js';
import { clientGone } from '../../http/client-gone.js';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { WireRoute } from '../../http/route-options.js';
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
import type { Wire } from '../../http/wire.js';

@Controller('v1/compress')
export class CompressController {
  constructor(
    @Inject(PromptCompression) private readonly prompts: PromptCompression,
    @Inject(SERVER_CONFIG) private readonly config: ServerConfig,
  ) {}

  @Post()
  @HttpCode(200)
  @WireRoute()
  @Documented({
    summary: 'Make a prompt smaller; what is taken out stays retrievable',
    answers: { 200: compressAnswer },
  })
  async compress(
    @CurrentCaller() caller: Caller,
    @Body({ schema: compressBody }) body: CompressBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Wire> {
    const prompt = toPromptRequest(body, circumstancesOf(request, this.config.mode), clientGone(reply));
    return fromPrompt(await this.prompts.compress(caller, prompt));
  }

  @Post('batch')
  @HttpCode(200)
  @WireRoute()
  @Documented({
    summary: 'Make up to 100 prompts smaller; each item answers for itself',
    answers: { 200: compressBatchAnswer },
  })
  async compressMany(
    @CurrentCaller() caller: Caller,
    @Body({ schema: compressBatchBody }) body: CompressBatchBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Wire> {
    const circumstances = circumstancesOf(request, this.config.mode);
    return compressBatch(this.prompts, caller, body, { circumstances, signal: clientGone(reply) });
  }
}
