import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import type { ProviderDialect } from '../provider-dialect.js';
import type { ToolDefinition } from './tool-definition.js';

/** Counts what offered tools add to a prompt, as the JSON in which they are sent; each tool once per tokenizer. */
export class OfferTokens {
  private readonly known = new WeakMap<TokenCounter, Map<string, number>>();

  constructor(private readonly dialect: Pick<ProviderDialect, 'toolText'>) {}

  async count(offers: readonly ToolDefinition[], model: string | undefined): Promise<number> {
    if (offers.length === 0) return 0;
    const counter = await loadTokenCounter(model);
    return offers.reduce((sum, offer) => sum + this.countOne(offer, counter), 0);
  }

  private countOne(offer: ToolDefinition, counter: TokenCounter): number {
    const ofCounter = this.known.get(counter) ?? new Map<string, number>();
    this.known.set(counter, ofCounter);
    const tokens = ofCounter.get(offer.name) ?? counter.countText(this.dialect.toolText(offer));
    ofCounter.set(offer.name, tokens);
    return tokens;
  }
}
