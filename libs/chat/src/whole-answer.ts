import { HeadroomError } from '#libs/kernel';
import { readWhole, type ProviderResponse } from './chat-provider.js';
import type { ChatTurnParts } from './turn-parts.js';
import type { OpenTurn } from './open-turn.js';
import type { ProviderUsage } from './called-tool.js';
import { rememberBlocks } from './remember-blocks.js';
import { MAX_TOOL_ROUNDS, ToolRounds } from './tools/tool-rounds.js';
import type { TurnAnswer } from './turn-contract.js';

/** Answers that arrive whole: rounds of our tools, memory blocks, everything else byte for byte. */
export class WholeAnswer {
  constructor(private readonly parts: ChatTurnParts) {}

  async answer(turn: OpenTurn, first: ProviderResponse): Promise<TurnAnswer> {
    const rounds = new ToolRounds(this.parts, turn);
    const blocks: string[] = [];
    let response = first;
    let text = turn.prepared.text ?? '';
    let usage: ProviderUsage | undefined;
    for (let round = 1; ; round++) {
      const bytes = await turn.timer.waitFor(readWhole(response.body));
      if (response.status > 299) return this.passOn(turn, response, bytes, usage);
      const answer = this.parts.dialect.readAnswer(bytes.toString('utf8'));
      if (answer === null) return this.passOnUnread(turn, response, bytes);
      usage = this.parts.dialect.sumUsage(usage, answer.usage);
      // Of several answers nobody knows which the client goes on with.
      const calls = answer.choices.length === 1 ? (answer.choices[0]?.calls ?? []) : [];
      const texts = answer.choices.map((choice) => this.strip(turn, choice.text, blocks));
      if (round > MAX_TOOL_ROUNDS || !rounds.isOnlyOurs(calls)) {
        await rounds.settle(calls);
        return this.finish(turn, response, { bytes, texts, blocks, usage, round });
      }
      text = await rounds.nextBody(text, answer.assistantText, calls, round);
      response = await turn.send(Buffer.from(text));
    }
  }

  private strip(turn: OpenTurn, text: string, blocks: string[]): string {
    if (!turn.stripsMemory) return text;
    const stripper = this.parts.memory.openStripper();
    const shown = stripper.push(text) + stripper.end();
    blocks.push(...stripper.blocks);
    return shown;
  }

  private finish(turn: OpenTurn, response: ProviderResponse, answered: Answered): TurnAnswer {
    const { bytes, texts, blocks, usage, round } = answered;
    const before = bytes.toString('utf8');
    const after = this.parts.dialect.editAnswer(before, {
      texts,
      isHidden: ({ name }) => turn.ourNames.includes(name),
      ...(round > 1 ? { usage } : {}),
    });
    rememberBlocks(this.parts, turn, blocks);
    turn.close(usage, false);
    return {
      status: response.status,
      headers: turn.headersOf(response),
      body: after === before ? bytes : Buffer.from(after),
    };
  }

  /** JSON that is no answer is the provider's affair; anything else is no answer of a model provider at all. */
  private passOnUnread(turn: OpenTurn, response: ProviderResponse, bytes: Buffer): TurnAnswer {
    if (!isJson(bytes)) {
      throw new HeadroomError(
        'provider_error',
        'The model provider answered with something that is not JSON; check that the configured base URL is the address of its API.',
        { reason: 'unreadable' },
      );
    }
    return this.passOn(turn, response, bytes, undefined);
  }

  private passOn(
    turn: OpenTurn,
    response: ProviderResponse,
    body: Uint8Array,
    usage: ProviderUsage | undefined,
  ): TurnAnswer {
    turn.close(usage, response.status >= 400);
    return { status: response.status, headers: turn.headersOf(response), body };
  }
}

interface Answered {
  readonly bytes: Buffer;
  readonly texts: readonly string[];
  readonly blocks: readonly string[];
  readonly usage: ProviderUsage | undefined;
  readonly round: number;
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
