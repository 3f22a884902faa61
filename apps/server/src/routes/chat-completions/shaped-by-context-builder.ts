import type { ShapedContext, ShapeRequest, TurnContext } from '#libs/chat';
import type { ContextBuilder } from '#libs/conversation';
import type { Caller } from '#libs/kernel';

/** The last two turns are never dropped, as everywhere where a client does not say otherwise. */
const KEEP_LAST_TURNS = 2;

/** Compresses a prompt and fits it into its model's limit. */
export class ShapedByContextBuilder implements TurnContext {
  constructor(private readonly contexts: ContextBuilder) {}

  async shape(caller: Caller, request: ShapeRequest): Promise<ShapedContext> {
    const context = await this.contexts.build(caller, {
      ...request,
      strategy: 'intelligent',
      keepLastTurns: KEEP_LAST_TURNS,
      compress: true,
    });
    const { messages, tokensBefore, tokensAfter, transforms, ccrHashes } = context;
    return { messages, tokensBefore, tokensAfter, transforms, ccrHashes };
  }
}
