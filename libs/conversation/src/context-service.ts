import { requireUser, type Caller, type Clock } from '#libs/kernel';
import type { ContextRequest } from './context-builder.js';
import type { CompressionJournal } from './compression-journal.js';
import type { ExactContext } from './exact-texts.js';
import type { FrozenContexts } from './frozen-contexts.js';

/** Builds contexts for clients, and writes down what that saved. */
export class ContextService {
  constructor(
    private readonly contexts: FrozenContexts,
    private readonly journal: CompressionJournal,
    private readonly clock: Clock,
  ) {}

  /**
   * @param conversationId of a stored conversation, whose contexts keep their beginning.
   * @throws HeadroomError `forbidden`; `context_over_budget` when the protected part alone exceeds the budget.
   */
  async build(caller: Caller, request: ContextRequest, conversationId?: string): Promise<ExactContext> {
    if (request.userId !== undefined) requireUser(caller, request.userId);
    const startedAt = this.clock.now();
    const context = await this.contexts.build(caller, request, conversationId);
    this.journal.write(caller, {
      operation: 'context',
      startedAt,
      mode: request.compress ? 'optimize' : 'passthrough',
      model: request.model,
      userId: request.userId,
      tokensBefore: context.tokensBefore,
      tokensAfter: context.tokensAfter,
      transforms: context.transforms,
      observations: context.compression?.observations ?? [],
      waste: context.compression?.waste,
    });
    return context;
  }
}
