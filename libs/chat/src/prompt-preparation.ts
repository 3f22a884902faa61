import { isUtf8 } from 'node:buffer';
import { HeadroomError, type Caller, type Message } from '#libs/kernel';
import type { HiddenHistory } from './hidden/hidden-history.js';
import { asSent, type PreparedPrompt } from './prepared-prompt.js';
import { PromptBodies, type ReadBody } from './prompt-bodies.js';
import type { Prompt, ProviderDialect } from './provider-dialect.js';
import { OfferTokens } from './tools/offer-tokens.js';
import type { TurnTools } from './tools/turn-tools.js';
import type { ShapedContext, TurnContext, TurnMemory, TurnRequest } from './turn-contract.js';

/** Taken off the model's limit for the answer when the client does not say how long it may be. */
export const DEFAULT_OUTPUT_BUFFER_TOKENS = 4000;

/** Makes the request for the provider out of the client's. */
export class PromptPreparation {
  private readonly bodies = new PromptBodies();
  private readonly offerTokens: OfferTokens;

  constructor(
    private readonly dialect: ProviderDialect,
    private readonly memory: Pick<TurnMemory, 'inject'>,
    private readonly context: TurnContext,
    private readonly tools: Pick<TurnTools, 'offersFor' | 'namesIn'>,
    private readonly hidden: Pick<HiddenHistory, 'restored'>,
  ) {
    this.offerTokens = new OfferTokens(dialect);
  }

  /**
   * Reads a body; what is JSON but no prompt goes through as it is.
   * @throws HeadroomError `invalid_request` for what is not JSON.
   */
  read(body: Uint8Array): PreparedPrompt {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    if (!isUtf8(bytes)) throw new HeadroomError('invalid_request', 'The body is not valid UTF-8.');
    const read = this.parse(bytes);
    return asSent(body, this.dialect.readPrompt(read.value), read);
  }

  /** Puts back what the client never saw, recalls memories, compresses, fits, and offers our tools. */
  async prepare(caller: Caller, asked: PreparedPrompt, request: TurnRequest): Promise<PreparedPrompt> {
    const sent = await this.restored(caller, asked, request);
    const { prompt, text } = sent;
    if (prompt === null || text === undefined) return sent;
    const recalled = await this.recall(caller, prompt, request);
    const shaped = await this.shape(caller, prompt, recalled, request);
    const offers = await this.tools.offersFor(caller, request, prompt, shaped);
    const { layout } = sent;
    const offerTokens = await this.offerTokens.count(offers, prompt.model);
    const edit = { before: prompt.messages, after: shaped.messages, offers, layout };
    const offered = this.dialect.withPrompt(text, edit);
    return {
      ...sent,
      text: offered,
      body: offered === text ? sent.body : Buffer.from(offered),
      tokensBefore: shaped.tokensBefore + offerTokens,
      tokensAfter: shaped.tokensAfter + offerTokens,
      transforms: shaped.transforms,
      waste: shaped.waste,
      offers,
    };
  }

  /** What preparing would do, without doing it. */
  async observe(caller: Caller, sent: PreparedPrompt, request: TurnRequest): Promise<PreparedPrompt> {
    if (sent.prompt === null) return sent;
    // Nothing is decided for the session either.
    const rehearsal = { ...request, sessionId: undefined };
    const shaped = await this.shape(caller, sent.prompt, sent.prompt.messages, rehearsal);
    const { tokensBefore, transforms, waste } = shaped;
    return { ...sent, tokensBefore, tokensAfter: tokensBefore, transforms, waste };
  }

  private async restored(
    caller: Caller,
    sent: PreparedPrompt,
    request: TurnRequest,
  ): Promise<PreparedPrompt> {
    const { text, asked: messages, layout } = sent;
    if (text === undefined || messages.length === 0) return sent;
    const restored = await this.hidden.restored(caller, { text, messages, layout }, request);
    return restored === text ? sent : { ...this.read(Buffer.from(restored)), asked: messages };
  }

  private parse(bytes: Buffer): ReadBody {
    try {
      return this.bodies.read(bytes);
    } catch (error) {
      throw new HeadroomError('invalid_request', 'The body is not valid JSON.', {}, { cause: error });
    }
  }

  private async recall(caller: Caller, prompt: Prompt, request: TurnRequest): Promise<readonly Message[]> {
    const { messages, model } = prompt;
    if (request.scope === undefined) return messages;
    const injected = await this.memory.inject(caller, {
      messages,
      scope: request.scope,
      model,
      extract: prompt.freeForm,
    });
    return injected.messages;
  }

  private async shape(
    caller: Caller,
    prompt: Prompt,
    messages: readonly Message[],
    request: TurnRequest,
  ): Promise<ShapedContext> {
    return this.context.shape(caller, {
      messages,
      model: prompt.model,
      outputBufferTokens: prompt.outputTokens ?? DEFAULT_OUTPUT_BUFFER_TOKENS,
      wholeTools: this.tools.namesIn(prompt),
      userId: request.scope?.userId,
      sessionId: request.sessionId,
      signal: request.signal,
    });
  }
}
