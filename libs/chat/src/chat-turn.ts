import { HeadroomError, requireUser, type Caller } from '#libs/kernel';
import { isEventStream, type ProviderResponse } from './chat-provider.js';
import type { OpenTurn } from './open-turn.js';
import { asSent, type PreparedPrompt } from './prepared-prompt.js';
import { ownerOf } from './remember-blocks.js';
import { StreamedAnswer } from './streamed-answer.js';
import type { TurnAnswer, TurnRequest } from './turn-contract.js';
import { turnHeaders } from './turn-headers.js';
import type { ChatTurnParts } from './turn-parts.js';
import { TurnTimer } from './turn-record.js';
import { WholeAnswer } from './whole-answer.js';

/**
 * One request to a model and its answer, from door to door: caller and scope → calls that the client never saw → recall
 * → compress and fit → provider → rounds of our own tools → memory blocks stripped and stored → answer. The first half is
 * `PromptPreparation`, the second `StreamedAnswer` or `WholeAnswer`.
 */
export class ChatTurn {
  private readonly streamed: StreamedAnswer;
  private readonly whole: WholeAnswer;

  constructor(private readonly parts: ChatTurnParts) {
    this.streamed = new StreamedAnswer(parts);
    this.whole = new WholeAnswer(parts);
  }

  /**
   * Takes the turn. A failure of this service's own never breaks it: the request then goes through as it was sent.
   * @throws HeadroomError `forbidden` for a user outside the caller's key, `invalid_request` for a body that is not JSON.
   */
  async take(caller: Caller, request: TurnRequest): Promise<TurnAnswer> {
    if (request.scope !== undefined) requireUser(caller, request.scope.userId);
    const timer = new TurnTimer(this.parts.stopwatch);
    const prepared = await this.prepare(caller, request);
    const turn = this.open(caller, request, prepared, timer);
    try {
      const response = await turn.send(prepared.body);
      return await this.answer(turn, response);
    } catch (error) {
      return this.refuse(turn, error);
    }
  }

  /** Memory, compression, context window: all of them, or none when one fails. */
  private async prepare(caller: Caller, request: TurnRequest): Promise<PreparedPrompt> {
    const { preparation, observer, pending } = this.parts;
    if (request.mode === 'passthrough') return asSent(request.body, null);
    const sent = preparation.read(request.body);
    // What the last answer taught must not come too late for this recall.
    if (request.scope !== undefined) await pending.settled(ownerOf(caller, request.scope));
    try {
      if (request.mode === 'optimize') return await preparation.prepare(caller, sent, request);
      return await preparation.observe(caller, sent, request);
    } catch (error) {
      observer.stepFailed('prepare', error);
      return { ...sent, failed: true };
    }
  }

  private open(caller: Caller, request: TurnRequest, prepared: PreparedPrompt, timer: TurnTimer): OpenTurn {
    const { provider, records, observer, tools } = this.parts;
    const { prompt } = prepared;
    const acts = request.mode === 'optimize' && prompt !== null;
    const facts = {
      mode: request.mode,
      model: prompt?.model,
      userId: request.scope?.userId,
      tokensBefore: prepared.tokensBefore,
      tokensAfter: prepared.tokensAfter,
      transforms: prepared.transforms,
      waste: prepared.waste,
    };
    return {
      caller,
      request,
      prepared,
      timer,
      ourNames: acts ? tools.namesFor(request, prompt) : [],
      stripsMemory: acts && request.scope !== undefined,
      send: (body) =>
        timer.waitFor(
          provider.send({
            method: 'POST',
            url: request.url,
            headers: request.headers,
            body,
            signal: request.signal,
            readable: request.mode !== 'passthrough',
          }),
        ),
      headersOf: ({ headers }) => ({ ...headers, ...turnHeaders(prepared, request.mode) }),
      close: (usage, failed) => {
        observer.turnTaken(caller, records.of(facts, timer, usage, failed));
      },
    };
  }

  /** Errors pass through as they are; streams and whole answers are read on their way. */
  private async answer(turn: OpenTurn, response: ProviderResponse): Promise<TurnAnswer> {
    const { status } = response;
    const headers = turn.headersOf(response);
    if (status < 200 || status > 299 || turn.request.mode === 'passthrough') {
      return { status, headers, body: this.passOn(turn, response) };
    }
    if (isEventStream(response)) {
      return { status, headers, body: this.streamed.events(turn, response) };
    }
    return this.whole.answer(turn, response);
  }

  private async *passOn(turn: OpenTurn, response: ProviderResponse): AsyncGenerator<Uint8Array> {
    let failed = true;
    turn.timer.startWaiting();
    try {
      yield* response.body;
      failed = response.status >= 400;
    } finally {
      turn.close(undefined, failed);
    }
  }

  /** The provider gave no answer that can be used; the client is told in the provider's own shape. */
  private refuse(turn: OpenTurn, error: unknown): TurnAnswer {
    turn.close(undefined, true);
    if (turn.request.signal.aborted) throw error;
    this.parts.observer.stepFailed('answer', error);
    const known = error instanceof HeadroomError ? error : undefined;
    const message = known?.message ?? 'The answer of the model provider could not be handled.';
    return {
      status: known?.details['reason'] === 'timeout' ? 504 : 502,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        ...turnHeaders(turn.prepared, turn.request.mode),
      },
      body: Buffer.from(this.parts.dialect.errorBody(message, 'provider_error')),
    };
  }
}
