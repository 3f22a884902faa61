import type { AnswerCall } from '../called-tool.js';
import { hideCalls, type AnsweredRound } from '../hidden/hide-calls.js';
import type { OpenTurn } from '../open-turn.js';
import type { ChatTurnParts } from '../turn-parts.js';

/** After so many rounds of answered calls the model is called once more, without our tools. */
export const MAX_TOOL_ROUNDS = 3;

export type RoundParts = Pick<ChatTurnParts, 'dialect' | 'tools' | 'hidden' | 'observer'>;

/** What the model does with our tools in one turn. */
export class ToolRounds {
  private readonly earlier: AnsweredRound[] = [];

  constructor(
    private readonly parts: RoundParts,
    private readonly turn: OpenTurn,
  ) {}

  /** The model waits for nothing but results of ours. */
  isOnlyOurs(calls: readonly AnswerCall[]): boolean {
    return calls.length > 0 && calls.every((call) => this.isOurs(call));
  }

  /**
   * The body of the next call of the model, with what it asked for; the last one no longer offers our tools.
   * @param round rounds answered so far, this one included.
   */
  async nextBody(
    text: string,
    assistantText: string,
    calls: readonly AnswerCall[],
    round: number,
  ): Promise<string> {
    const { dialect } = this.parts;
    const results = await this.answer(calls);
    this.earlier.push(results);
    const next = dialect.withRound(text, assistantText, results);
    return round >= MAX_TOOL_ROUNDS ? dialect.withoutOffers(next, this.turn.prepared.offers) : next;
  }

  /**
   * The model's last answer, before the client gets it. When it calls the client's tools, ours are answered now, and
   * all that the client does not get to see of this turn is kept for the request that brings its results.
   */
  async settle(calls: readonly AnswerCall[]): Promise<void> {
    const clients = calls.find((call) => !this.isOurs(call));
    if (clients === undefined) return;
    const beside = await this.answer(calls);
    if (beside.length + this.earlier.length === 0) return;
    const { dialect, hidden, observer } = this.parts;
    const { caller, request, prepared } = this.turn;
    try {
      await hidden.keep(caller, request, {
        asked: prepared.asked,
        callId: clients.id,
        hidden: hideCalls(this.earlier, beside, (result) => dialect.writeCall(result)),
      });
    } catch (error) {
      observer.stepFailed('keep_calls', error);
    }
  }

  /** Ours among the calls, in the model's order. */
  private async answer(calls: readonly AnswerCall[]): Promise<AnsweredRound> {
    const { caller, request } = this.turn;
    const own = calls.filter((call) => this.isOurs(call));
    const results = await this.parts.tools.answer(caller, request, own);
    return results.map((result, i) => ({ ...result, after: calls.indexOf(result.call) - i }));
  }

  private isOurs({ name }: AnswerCall): boolean {
    return this.turn.ourNames.includes(name);
  }
}
