import type { CalledTool, ToolResult } from './called-tool.js';
import type { ProviderDialect } from './provider-dialect.js';
import type { OpenTurn } from './open-turn.js';
import { MAX_RETRIEVAL_ROUNDS } from './open-turn.js';
import type { TurnObserver, TurnRetrieval } from './turn-contract.js';

/** The body of the next call of the model, with what it asked for; the last one no longer offers the tool. */
export class RetrievalRounds {
  constructor(
    private readonly dialect: ProviderDialect,
    private readonly retrieval: TurnRetrieval,
    private readonly observer: TurnObserver,
  ) {}

  /** @param round rounds answered so far, this one included. */
  async nextBody(
    turn: OpenTurn,
    text: string,
    assistantText: string,
    calls: readonly CalledTool[],
    round: number,
  ): Promise<string> {
    const results = await Promise.all(calls.map((call) => this.answer(turn, call)));
    const next = this.dialect.withRound(text, assistantText, results);
    return round >= MAX_RETRIEVAL_ROUNDS && turn.prepared.offersRetrieval
      ? this.dialect.withoutRetrieveTool(next)
      : next;
  }

  private async answer(turn: OpenTurn, call: CalledTool): Promise<ToolResult> {
    try {
      const content = await this.retrieval.answer(turn.caller, call, turn.request.scope?.userId);
      return { call, content };
    } catch (error) {
      this.observer.stepFailed('retrieve', error);
      const failure = { error: 'The original cannot be read at the moment; go on without it.' };
      return { call, content: JSON.stringify(failure) };
    }
  }
}
