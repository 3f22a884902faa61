import type { Caller } from '#libs/kernel';
import type { AnswerCall, ToolAnswer, ToolResult } from '../called-tool.js';
import type { Prompt } from '../provider-dialect.js';
import type { ShapedContext, TurnObserver, TurnRequest } from '../turn-contract.js';
import type { ToolDefinition } from './tool-definition.js';
import type { Toolset } from './toolset.js';

/** Every set of tools that a turn knows. A name that the client declared itself is the client's, in all of them. */
export class TurnTools {
  /** @param sets in the order of their offers: what is offered always first, for prompt caches match by prefix. */
  constructor(
    private readonly sets: readonly Toolset[],
    private readonly observer: Pick<TurnObserver, 'stepFailed'>,
  ) {}

  /** Tools whose results in a prompt are ours, also of turns in which others were offered. */
  namesIn(prompt: Prompt): readonly string[] {
    return this.sets.flatMap(({ names }) => names).filter((name) => !prompt.toolNames.has(name));
  }

  /** Tools whose calls are answered here. */
  namesFor(request: TurnRequest, prompt: Prompt): readonly string[] {
    return this.sets.flatMap((set) => set.namesFor(request)).filter((name) => !prompt.toolNames.has(name));
  }

  /** None when the model is not free to call one more tool, or when its answers are several. */
  async offersFor(
    caller: Caller,
    request: TurnRequest,
    prompt: Prompt,
    shaped: ShapedContext,
  ): Promise<readonly ToolDefinition[]> {
    if (!prompt.acceptsTool || !prompt.singleAnswer) return [];
    const offers: ToolDefinition[] = [];
    for (const set of this.sets) offers.push(...(await set.offersFor(caller, request, shaped)));
    return offers.filter(({ name }) => !prompt.toolNames.has(name));
  }

  /** Answers the calls one after the other, in the model's order: a later one may build on an earlier one. */
  async answer(
    caller: Caller,
    request: TurnRequest,
    calls: readonly AnswerCall[],
  ): Promise<readonly ToolResult[]> {
    const results: ToolResult[] = [];
    for (const call of calls) results.push({ ...(await this.answerTo(caller, request, call)), call });
    return results;
  }

  private async answerTo(caller: Caller, request: TurnRequest, call: AnswerCall): Promise<ToolAnswer> {
    const set = this.sets.find((each) => each.namesFor(request).includes(call.name));
    if (set === undefined) throw new RangeError(`Nobody answers calls of ${call.name}.`);
    try {
      return await set.answer(caller, request, call);
    } catch (error) {
      this.observer.stepFailed(set.step, error);
      return { content: set.unavailable };
    }
  }
}
