import type { ContentPart, Message } from '#libs/kernel';
import type { TokenCounter } from '#libs/tokens';
import { NO_MESSAGE_WASTE, sentTexts, wasteOf, type MessageWaste } from './message-waste.js';

/** What messages waste by themselves and together. */
export interface WasteSignals extends MessageWaste {
  /** Lines of tool outputs that stood in an earlier tool output already. */
  readonly repetitionTokens: number;
  readonly total: number;
}

/** A shorter line repeats by chance. */
const MIN_REPEATED_LINE = 20;

/** Lines of tool outputs, output by output in the order of the conversation. */
export class RepeatedLines {
  private readonly seen = new Set<string>();

  constructor(private readonly counter: TokenCounter) {}

  /** @returns the tokens of those that were seen before; all lines are seen afterwards. */
  see(message: Message): number {
    if (!isToolOutput(message)) return 0;
    const lines = sentTexts(message)
      .flatMap((text) => text.split('\n'))
      .filter((line) => line.trim().length >= MIN_REPEATED_LINE);
    const repeated = lines.filter((line) => this.seen.has(line));
    for (const line of lines) this.seen.add(line);
    return repeated.reduce((tokens, line) => tokens + this.counter.countText(line), 0);
  }
}

/** What of a whole prompt is waste. */
export function wasteSignals(messages: readonly Message[], counter: TokenCounter): WasteSignals {
  const lines = new RepeatedLines(counter);
  const repeated = messages.reduce((tokens, message) => tokens + lines.see(message), 0);
  return wasteTogether(
    messages.map((message) => wasteOf(message, counter)),
    repeated,
  );
}

export function wasteTogether(messages: readonly MessageWaste[], repetitionTokens: number): WasteSignals {
  const waste = messages.reduce(added, NO_MESSAGE_WASTE);
  const ofThemselves: readonly number[] = Object.values(waste);
  const total = ofThemselves.reduce((sum, tokens) => sum + tokens, repetitionTokens);
  return { ...waste, repetitionTokens, total };
}

function added(a: MessageWaste, b: MessageWaste): MessageWaste {
  return {
    jsonBloatTokens: a.jsonBloatTokens + b.jsonBloatTokens,
    htmlNoiseTokens: a.htmlNoiseTokens + b.htmlNoiseTokens,
    base64Tokens: a.base64Tokens + b.base64Tokens,
    whitespaceTokens: a.whitespaceTokens + b.whitespaceTokens,
    dynamicDateTokens: a.dynamicDateTokens + b.dynamicDateTokens,
  };
}

function isToolOutput({ role, content }: Message): boolean {
  if (role === 'tool' || role === 'function') return true;
  return (
    Array.isArray(content) && (content as readonly ContentPart[]).some(({ type }) => type === 'tool_result')
  );
}
