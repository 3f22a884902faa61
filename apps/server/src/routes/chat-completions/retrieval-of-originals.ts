import { answerToolCall, type OriginalStore, type Retriever, type RetrieveToolShape } from '#libs/ccr';
import type { CalledTool, TurnRetrieval } from '#libs/chat';
import type { Caller } from '#libs/kernel';

/** Gives models the originals behind markers. */
export class RetrievalOfOriginals implements TurnRetrieval {
  constructor(
    private readonly retriever: Retriever,
    private readonly originals: OriginalStore,
    private readonly shape: RetrieveToolShape,
  ) {}

  async canRedeem(caller: Caller, hash: string, userId?: string): Promise<boolean> {
    const lookup = await this.originals.find(caller, hash, userId);
    return lookup.status === 'found';
  }

  async answer(caller: Caller, call: CalledTool, userId?: string): Promise<string> {
    const toolCall = {
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: call.arguments },
    };
    const { data } = await answerToolCall(caller, this.retriever, { toolCall, provider: this.shape, userId });
    return JSON.stringify(data);
  }
}
