import type { CalledTool } from '../called-tool.js';
import type { OpenTurn } from '../open-turn.js';
import type { ProviderDialect } from '../provider-dialect.js';
import type { TurnTools } from './turn-tools.js';

/** After so many rounds of answered calls the model is called once more, without our tools. */
export const MAX_TOOL_ROUNDS = 3;

/** The body of the next call of the model, with what it asked for; the last one no longer offers our tools. */
export class ToolRounds {
  constructor(
    private readonly dialect: ProviderDialect,
    private readonly tools: TurnTools,
  ) {}

  /** @param round rounds answered so far, this one included. */
  async nextBody(
    { caller, request, prepared }: OpenTurn,
    text: string,
    assistantText: string,
    calls: readonly CalledTool[],
    round: number,
  ): Promise<string> {
    const results = await this.tools.answer(caller, request, calls);
    const next = this.dialect.withRound(text, assistantText, results);
    return round >= MAX_TOOL_ROUNDS ? this.dialect.withoutOffers(next, prepared.offers) : next;
  }
}
