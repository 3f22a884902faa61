import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { PromptCompression } from '#libs/conversation';
import type { Caller } from '#libs/kernel';
import { SERVER_CONFIG, type ServerConfig } from '../../config/server-config.js';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { WireRoute } from '../../http/route-options.js';
import { circumstancesOf } from './compress-circumstances.js';
import { fromPrompt, toPromptRequest } from './compress.mapper.js';
import { compressAnswer, compressBody, type CompressBody } from './compress.schema.js';

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
  ): Promise<Readonly<Record<string, unknown>>> {
    const prompt = toPromptRequest(body, circumstancesOf(request, this.config.mode));
    return fromPrompt(await this.prompts.compress(caller, prompt));
  }
}
