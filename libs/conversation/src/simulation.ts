import { hashOriginal } from '#libs/ccr';
import { textOf, type ContentPart, type Message } from '#libs/kernel';
import type { ModelPricing, TokenCounter } from '#libs/tokens';
import { retrievedPassages } from './retrieved-passages.js';
import { firstVolatile, wasteSignals, type WasteSignals } from '#libs/compression';

export const BLOCK_KINDS = ['system', 'user', 'assistant', 'tool_call', 'tool_result', 'rag'] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

/** What a compression would do, and where the tokens of the prompt lie. */
export interface Simulation {
  /** Share of the tokens, and money where the model's price is known: `43.2 % ($0.0012 per request)`. */
  readonly estimatedSavings: string;
  /** Tokens of the messages as sent, by kind; together with the reply's priming they are the prompt. */
  readonly blockBreakdown: Readonly<Record<BlockKind, number>>;
  readonly wasteSignals: WasteSignals;
  /** Hash of the leading system messages after compression: equal hashes share a provider's prompt cache. */
  readonly stablePrefixHash: string;
  /** 0–100: how much of the leading system text stands before the first thing that changes from day to day. */
  readonly cacheAlignmentScore: number;
}

export interface SimulationInput {
  readonly before: readonly Message[];
  readonly after: readonly Message[];
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly pricing?: ModelPricing | undefined;
}

export function simulationOf(input: SimulationInput, counter: TokenCounter): Simulation {
  return {
    estimatedSavings: estimatedSavings(input),
    blockBreakdown: blockBreakdown(input.before, counter),
    wasteSignals: wasteSignals(input.before, counter),
    stablePrefixHash: hashOriginal(JSON.stringify(leadingSystem(input.after))),
    cacheAlignmentScore: cacheAlignmentScore(leadingSystem(input.after)),
  };
}

function estimatedSavings({ tokensBefore, tokensAfter, pricing }: SimulationInput): string {
  const saved = tokensBefore - tokensAfter;
  const share = tokensBefore === 0 ? 0 : (100 * saved) / tokensBefore;
  const percent = `${share.toFixed(1)}%`;
  if (pricing === undefined) return percent;
  return `${percent} ($${((saved * pricing.inputPerMillion) / 1e6).toFixed(4)} per request)`;
}

function blockBreakdown(messages: readonly Message[], counter: TokenCounter): Record<BlockKind, number> {
  const tokens: Record<BlockKind, number> = {
    system: 0,
    user: 0,
    assistant: 0,
    tool_call: 0,
    tool_result: 0,
    rag: 0,
  };
  for (const message of messages) {
    const whole = counter.countMessage(message);
    const results = partTokens(message, isToolResult, counter);
    const calls = callTokens(message, counter);
    const documents = partTokens(message, isDocument, counter) + retrievedTokens(message, counter);
    tokens.tool_result += results;
    tokens.tool_call += calls;
    tokens.rag += documents;
    tokens[kindOf(message)] += whole - results - calls - documents;
  }
  return tokens;
}

function kindOf({ role }: Message): BlockKind {
  if (role === 'system' || role === 'developer') return 'system';
  if (role === 'tool' || role === 'function') return 'tool_result';
  return role === 'assistant' ? 'assistant' : 'user';
}

/** What the message would cost less without its tool calls. */
function callTokens(message: Message, counter: TokenCounter): number {
  const parts = partTokens(message, (part) => part.type === 'tool_use', counter);
  if (!Array.isArray(message.tool_calls) || message.tool_calls.length === 0) return parts;
  const { tool_calls: _calls, ...rest } = message;
  return parts + counter.countMessage(message) - counter.countMessage(rest);
}

function partTokens(message: Message, wanted: (part: ContentPart) => boolean, counter: TokenCounter): number {
  const { content } = message;
  if (!Array.isArray(content)) return 0;
  const parts = content as readonly ContentPart[];
  const others = parts.filter((part) => !wanted(part));
  if (others.length === parts.length) return 0;
  return counter.countMessage(message) - counter.countMessage({ ...message, content: others });
}

function isToolResult(part: ContentPart): boolean {
  return part.type === 'tool_result';
}

/** Anthropic's blocks for retrieved documents. */
function isDocument(part: ContentPart): boolean {
  return part.type === 'document' || part.type === 'search_result';
}

/** Retrieved passages that were written into a prompt's text between tags. */
function retrievedTokens(message: Message, counter: TokenCounter): number {
  if (kindOf(message) !== 'user' && kindOf(message) !== 'system') return 0;
  return retrievedPassages(textOf(message)).reduce((sum, text) => sum + counter.countText(text), 0);
}

function leadingSystem(messages: readonly Message[]): readonly Message[] {
  const end = messages.findIndex((message) => kindOf(message) !== 'system');
  return end < 0 ? messages : messages.slice(0, end);
}

function cacheAlignmentScore(system: readonly Message[]): number {
  const text = system.map(textOf).join('\n');
  const first = firstVolatile(text);
  return first === null || text.length === 0 ? 100 : Math.round((100 * first) / text.length);
}
