import { All, Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChatProvider } from '#libs/chat';
import { notFound } from '#libs/kernel';
import { SERVER_CONFIG, type ServerConfig } from '../../config/server-config.js';
import { Documented } from '../../http/documented.js';
import { errorBody } from '../../http/error-body.js';
import { faultOf } from '../../http/fault.js';
import { ProviderRoute } from '../../http/route-options.js';
import {
  bearerKey,
  providerTarget,
  type KeyHeader,
  type ProviderTarget,
} from '../chat-completions/provider-target.js';
import { sendAnswer } from '../chat-completions/send-answer.js';

/** First parts of this service's own addresses under `/v1`: what is unknown there must not leak to a provider. */
const OWN: ReadonlySet<string> = new Set([
  'compress',
  'context',
  'conversations',
  'feedback',
  'jobs',
  'keys',
  'memories',
  'retrieve',
  'shared-contexts',
  'telemetry',
  'toin',
  'users',
]);

const anthropicKey: KeyHeader = (key) => ({ 'x-api-key': key });

/** Every other route of a provider, such as `GET /v1/models`: passed on and back, never read. */
@Controller('v1')
export class ProviderPassthroughController {
  constructor(
    @Inject(ChatProvider) private readonly provider: ChatProvider,
    @Inject(SERVER_CONFIG) private readonly config: ServerConfig,
  ) {}

  /** Anthropic's own, whatever its client says of itself. */
  @Post(['messages', 'messages/*'])
  @ProviderRoute('anthropic')
  @Documented({ summary: "Anthropic's Messages and what is below it, passed on and back as they are" })
  passMessages(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passTo(this.anthropic(request), request, reply);
  }

  @All('*')
  @ProviderRoute('openai')
  async pass(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [, , first = ''] = (request.raw.url ?? request.url).split(/[/?#]/);
    if (OWN.has(first)) {
      answerUnknown(request, reply);
      return;
    }
    await this.passTo(this.targetOf(request), request, reply);
  }

  private passTo(
    { url, headers }: ProviderTarget,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    return sendAnswer(reply, (signal) =>
      this.provider.send({ method: request.method, url, headers, body, signal, readable: false }),
    );
  }

  /** Anthropic's clients say which version of its API they speak; everybody else speaks OpenAI's. */
  private targetOf(request: FastifyRequest): ProviderTarget {
    return request.headers['anthropic-version'] === undefined
      ? providerTarget(request, this.config.providers.openai, bearerKey)
      : this.anthropic(request);
  }

  private anthropic(request: FastifyRequest): ProviderTarget {
    return providerTarget(request, this.config.providers.anthropic, anthropicKey);
  }
}

/** These are no provider's routes, so they answer in this service's own shape. */
function answerUnknown(request: FastifyRequest, reply: FastifyReply): void {
  const fault = faultOf(notFound('route', 'This server has no such route, or not with this method.'));
  const { contentType, body } = errorBody('problem', fault, request.id);
  void reply.status(fault.status).header('content-type', contentType).send(JSON.stringify(body));
}
