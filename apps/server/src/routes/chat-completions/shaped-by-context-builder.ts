import { LRUCache } from 'lru-cache';
import type { Original } from '#libs/ccr';
import type { PendingWork, ShapedContext, ShapeRequest, TurnContext } from '#libs/chat';
import { ONGOING_CONVERSATION } from '#libs/compression';
import type { ContextBuilder } from '#libs/conversation';
import type { Caller } from '#libs/kernel';
import type { ToolLearning } from '#libs/learning';
import type { Log } from '#libs/platform';
import type { ServerConfig } from '../../config/server-config.js';

/** The last two turns are never dropped, as everywhere where a client does not say otherwise. */
const KEEP_LAST_TURNS = 2;
/** A conversation sends its old tool results again with every turn; this many are remembered as learned from. */
const MAX_LEARNED = 10_000;

/** Compresses a prompt, fits it into its model's limit, and teaches what it met once per tool result. */
export class ShapedByContextBuilder implements TurnContext {
  private readonly learned = new LRUCache<string, true>({ max: MAX_LEARNED });

  constructor(
    private readonly contexts: ContextBuilder,
    private readonly learning: ToolLearning,
    private readonly pending: PendingWork,
    private readonly log: Log,
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
    this.learnFrom(caller, context.compression?.originals ?? []);
    const { messages, tokensBefore, tokensAfter, transforms, ccrHashes } = context;
    return { messages, tokensBefore, tokensAfter, transforms, ccrHashes };
  }

  private learnFrom(caller: Caller, originals: readonly Original[]): void {
    const fresh = originals.filter(({ toolName, hash }) => {
      const key = `${caller.tenantId} ${hash}`;
      if (toolName === undefined || this.learned.has(key)) return false;
      this.learned.set(key, true);
      return true;
    });
    if (fresh.length === 0) return;
    this.pending.start(
      async () => {
        for (const { toolName, originalTokens: tokensBefore, compressedTokens: tokensAfter } of fresh) {
          await this.learning.recordCompression(caller, { toolName, tokensBefore, tokensAfter });
        }
      },
      (error) => {
        this.log.warn({ err: error }, 'what a compression teaches could not be stored');
      },
    );
  }
}
