import { HeadroomError } from '#libs/kernel';
import { isEventStream, readWhole, type ProviderResponse } from './chat-provider.js';
import type { ChatTurnParts } from './turn-parts.js';
import type { OpenTurn } from './open-turn.js';
import type { ProviderUsage } from './called-tool.js';
import { rememberBlocks } from './remember-blocks.js';
import type { AnswerStream, StreamRound } from './stream/answer-stream.js';
import { SseSplitter, type SseEvent } from './stream/sse-splitter.js';
import { MAX_TOOL_ROUNDS, ToolRounds } from './tools/tool-rounds.js';

/** Answers that stream: one stream for the client, however often the model is called behind it. */
export class StreamedAnswer {
  constructor(private readonly parts: ChatTurnParts) {}

  /** The bytes for the client. Never throws: a failure is one last event. */
  async *events(turn: OpenTurn, first: ProviderResponse): AsyncGenerator<Uint8Array> {
    const state: StreamState = { usage: undefined, blocks: [], failed: true };
    try {
      yield* this.allRounds(turn, first, state);
    } catch (error) {
      if (turn.request.signal.aborted) return;
      this.parts.observer.stepFailed('answer', error);
      const message =
        error instanceof HeadroomError ? error.message : 'The stream of the model provider broke off.';
      yield Buffer.from(this.parts.dialect.errorEvent(message, 'provider_error'));
    } finally {
      rememberBlocks(this.parts, turn, state.blocks);
      turn.close(state.usage, state.failed);
    }
  }

  private async *allRounds(
    turn: OpenTurn,
    first: ProviderResponse,
    state: StreamState,
  ): AsyncGenerator<Uint8Array> {
    const rounds = new ToolRounds(this.parts, turn);
    let response = first;
    let text = turn.prepared.text ?? '';
    let id: string | undefined;
    for (let round = 1; ; round++) {
      const stream = this.openStream(turn, round, state.usage, id);
      const ended = yield* this.oneRound(turn, response, stream, rounds);
      id ??= ended.id;
      state.usage = this.parts.dialect.sumUsage(state.usage, ended.usage);
      state.blocks.push(...ended.blocks);
      if (!ended.goesOn) {
        state.failed = ended.failed;
        return;
      }
      text = await rounds.nextBody(text, ended.assistantText, ended.calls, round);
      response = await turn.send(Buffer.from(text));
      await requireStream(response);
    }
  }

  private openStream(
    turn: OpenTurn,
    round: number,
    usageBefore: ProviderUsage | undefined,
    continuesId: string | undefined,
  ): AnswerStream {
    return this.parts.dialect.openStream({
      createStripper: turn.stripsMemory ? () => this.parts.memory.openStripper() : undefined,
      ourNames: turn.ourNames,
      answersCalls: turn.prepared.prompt?.singleAnswer === true,
      mayGoOn: round <= MAX_TOOL_ROUNDS,
      usageBefore,
      continuesId: round === 1 ? undefined : (continuesId ?? ''),
    });
  }

  private async *oneRound(
    turn: OpenTurn,
    response: ProviderResponse,
    stream: AnswerStream,
    rounds: ToolRounds,
  ): AsyncGenerator<Uint8Array, StreamRound> {
    const splitter = new SseSplitter();
    turn.timer.startWaiting();
    try {
      for await (const piece of response.body) {
        const out = splitter.push(piece).flatMap((event) => stream.push(event));
        if (out.length > 0) yield joined(out);
      }
    } catch (error) {
      // What was held back is the client's all the same.
      const { rest, round } = stream.end();
      if (round.done && !round.failed) await rounds.settle(round.calls);
      if (rest.length > 0 && !turn.request.signal.aborted) yield joined(rest);
      if (round.done) return round;
      throw error;
    } finally {
      turn.timer.stopWaiting();
    }
    const late = lateEvent(splitter.rest());
    const last = late === undefined ? [] : stream.push(late);
    const { rest, round } = stream.end();
    if (round.complete && !round.failed) await rounds.settle(round.calls);
    if (last.length + rest.length > 0) yield joined([...last, ...rest]);
    if (!round.complete && !round.failed) throw brokenOff();
    return round;
  }
}

/** An event that lacks nothing but its blank line; undefined for none and for half of one. */
function lateEvent(event: SseEvent): SseEvent | undefined {
  if (event.data === '' || !isWhole(event.data)) return undefined;
  return { ...event, raw: Buffer.concat([event.raw, Buffer.from('\n\n')]) };
}

function isWhole(data: string): boolean {
  try {
    return data === '[DONE]' || JSON.parse(data) !== undefined;
  } catch {
    return false;
  }
}

/** In a later round the client already has a stream, so that a refusal can only become its last event. */
async function requireStream(response: ProviderResponse): Promise<void> {
  if (response.status <= 299 && isEventStream(response)) return;
  const text = (await readWhole(response.body)).toString('utf8');
  throw new HeadroomError(
    'provider_error',
    providerMessage(text) ?? `The model provider answered ${response.status}.`,
  );
}

function providerMessage(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    return typeof error?.message === 'string' ? error.message : undefined;
  } catch {
    return undefined;
  }
}

interface StreamState {
  usage: ProviderUsage | undefined;
  readonly blocks: string[];
  failed: boolean;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
}

function brokenOff(): HeadroomError {
  return new HeadroomError(
    'provider_error',
    'The stream of the model provider broke off before its end; try again.',
    {
      reason: 'broken_off',
    },
  );
}
