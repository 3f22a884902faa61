import type { Message } from '#libs/kernel';
import { loadEncoding, type EncodingName } from './encodings.js';
import { foreignLetterTokens } from './foreign-letters.js';
import { REPLY_TOKENS, countMessageTokens } from './message-tokens.js';
import { ModelRegistry, type ModelDescription, type Provider } from './model-registry.js';
import { TextCounter } from './text-counter.js';
import type { TokenCounter } from './token-counter.js';

/**
 * Tokenizers that are not public are estimated from o200k_base, on the safe side: Claude's makes 16–21 % more tokens
 * of English and mathematics and more of other scripts, Gemini's a few per cent more of most languages. Llama 3's makes
 * within 2 % as many of code, data and English.
 */
const ESTIMATE_FACTORS: Readonly<Record<Provider, number>> = {
  openai: 1,
  anthropic: 1.2,
  google: 1.05,
  unknown: 1,
};

const DEFAULT_REGISTRY = new ModelRegistry();
const texts = new Map<EncodingName, Promise<TextCounter>>();
const counters = new Map<string, Promise<TokenCounter>>();

/**
 * The counter for a model; without one for OpenAI's current encoding. Loads the encoding on first use (about 200 ms)
 * and afterwards gives the same counter again.
 */
export function loadTokenCounter(
  model?: string,
  registry: ModelRegistry = DEFAULT_REGISTRY,
): Promise<TokenCounter> {
  const description = registry.describe(model);
  return remember(
    counters,
    `${description.encoding} ${description.provider} ${String(description.exactTokens)}`,
    () => buildCounter(description),
  );
}

async function buildCounter({ encoding, provider, exactTokens }: ModelDescription): Promise<TokenCounter> {
  const text = await remember(
    texts,
    encoding,
    async () => new TextCounter(encoding, await loadEncoding(encoding)),
  );
  return new EncodingTokenCounter(encoding, exactTokens, text, provider);
}

/** A load that failed is tried again by the next caller. */
function remember<K, V>(known: Map<K, Promise<V>>, key: K, load: () => Promise<V>): Promise<V> {
  let loading = known.get(key);
  if (loading === undefined) {
    loading = load();
    known.set(key, loading);
    loading.catch(() => known.delete(key));
  }
  return loading;
}

class EncodingTokenCounter implements TokenCounter {
  readonly replyTokens = REPLY_TOKENS;
  readonly countText: (text: string) => number;
  private readonly counted = new WeakMap<Message, number>();

  constructor(
    readonly encoding: string,
    readonly exact: boolean,
    text: TextCounter,
    private readonly provider: Provider,
  ) {
    const factor = ESTIMATE_FACTORS[provider];
    this.countText =
      provider === 'anthropic'
        ? (content) => Math.ceil(text.count(content) * factor + foreignLetterTokens(content))
        : (content) => Math.ceil(text.count(content) * factor);
  }

  /** Messages are never changed in place, so that what was counted of an object stays true. */
  countMessage(message: Message): number {
    let tokens = this.counted.get(message);
    if (tokens === undefined) {
      tokens = countMessageTokens(message, this.provider, this.countText);
      this.counted.set(message, tokens);
    }
    return tokens;
  }

  countMessages(messages: readonly Message[]): number {
    let tokens = this.replyTokens;
    for (const message of messages) tokens += this.countMessage(message);
    return tokens;
  }
}
