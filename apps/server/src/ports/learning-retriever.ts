import {
  Retriever,
  type OriginalRetention,
  type OriginalStore,
  type RetrieveOutcome,
  type RetrieveRequest,
} from '#libs/ccr';
import type { Caller, Clock } from '#libs/kernel';
import type { ToolLearning } from '#libs/learning';

/** A retriever from which is learned whose outputs were compressed too far. */
export class LearningRetriever extends Retriever {
  constructor(
    store: OriginalStore,
    clock: Clock,
    retention: OriginalRetention,
    private readonly learning: ToolLearning,
  ) {
    super(store, clock, retention);
  }

  override async retrieve(caller: Caller, request: RetrieveRequest): Promise<RetrieveOutcome> {
    const outcome = await super.retrieve(caller, request);
    if (outcome.status === 'found' || outcome.status === 'matched') {
      await this.learning.recordRetrieval(caller, {
        toolName: outcome.original.toolName,
        retrievalType: outcome.status === 'found' ? 'full' : 'search',
      });
    }
    return outcome;
  }
}
