import type { ShapedContext, ShapeRequest, TurnContext } from '#libs/chat';
import { ONGOING_CONVERSATION } from '#libs/compression';
import type { ContextBuilder } from '#libs/conversation';
import type { Caller } from '#libs/kernel';
import type { ToolLearning } from '#libs/learning';
import type { ServerConfig } from '../../config/server-config.js';

/** The last two turns are never dropped, as everywhere where a client does not say otherwise. */
const KEEP_LAST_TURNS = 2;

/** Compresses a prompt, fits it into its model's limit, and teaches what it met. */
export class ShapedByContextBuilder implements TurnContext {
  constructor(
    private readonly contexts: ContextBuilder,
    private readonly learning: ToolLearning,
    private readonly settings: ServerConfig['compression'],
  ) {}

  async shape(caller: Caller, { wholeTools, ...request }: ShapeRequest): Promise<ShapedContext> {
    const context = await this.contexts.build(caller, {
      ...request,
      config: {
        ...(request.sessionId === undefined && ONGOING_CONVERSATION),
        toolProfiles: Object.fromEntries(wholeTools.map((name) => [name, { skipCompression: true }])),
        expansion: { enabled: this.settings.expandsQuestions },
        llmlingua: { enabled: this.settings.llmlinguaModel !== undefined },
      },
      strategy: 'intelligent',
      keepLastTurns: KEEP_LAST_TURNS,
      compress: true,
    });
    this.learning.recordOutputs(caller, context.compression?.observations ?? []);
    const { messages, tokensBefore, tokensAfter, transforms, ccrHashes, compression } = context;
    const waste = compression?.waste;
    return { messages, tokensBefore, tokensAfter, transforms, ccrHashes, waste };
  }
}
