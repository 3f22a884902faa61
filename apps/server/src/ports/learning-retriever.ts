import {
  Retriever,
  type OriginalRetention,
  type OriginalStore,
  type RetrieveOutcome,
  type RetrieveRequest,
} from '#libs/ccr';
import type { Caller, Clock } from '#libs/kernel';
import type { ToolLearning } from '#libs/learning';

/** A retriever from which is learned what was missed of whose outputs. */
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
      const isWhole = outcome.status === 'found';
      const { toolName, signature, content } = outcome.original;
      this.learning.recordRetrieval(caller, {
        toolName,
        signature,
        retrievalType: isWhole ? 'full' : 'search',
        query: isWhole ? undefined : outcome.query,
        found: isWhole ? [] : outcome.results.map(({ text }) => text),
        itemCount: isWhole ? outcome.original.originalItemCount : outcome.results.length,
        whole: content,
      });
    }
    return outcome;
  }
}
