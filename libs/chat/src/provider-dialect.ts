import type { MemberSpan, Span } from '#libs/json-text';
import type { Message } from '#libs/kernel';
import type { AnswerCall, CalledTool, ProviderUsage, ToolResult } from './called-tool.js';
import type { HiddenCall, HiddenCalls } from './hidden/hidden-calls.js';
import type { AnswerStream, AnswerStreamOptions } from './stream/answer-stream.js';
import type { ToolDefinition } from './tools/tool-definition.js';

/** A request body as far as a turn needs to understand it. */
export interface Prompt {
  readonly model: string | undefined;
  readonly messages: readonly Message[];
  /** Tokens the answer may take at most, when the client said so. */
  readonly outputTokens: number | undefined;
  /** False when the answer must have a given form, so that no further block may be asked of the model. */
  readonly freeForm: boolean;
  /** True when the model is free to call one more tool than the client offered. */
  readonly acceptsTool: boolean;
  /** Names of the client's own tools. */
  readonly toolNames: ReadonlySet<string>;
  /** True when exactly one answer was asked for. */
  readonly singleAnswer: boolean;
}

/** Where in the text of a request body its members and its messages stand. */
export interface PromptLayout {
  readonly members: readonly MemberSpan[];
  readonly elements: readonly Span[];
}

/** A request's body as its client sent it. */
export interface AskedPrompt {
  readonly text: string;
  readonly messages: readonly Message[];
  readonly layout?: PromptLayout | undefined;
}

/** What to change in a request body; everything else keeps its bytes. */
export interface PromptEdit {
  readonly before: readonly Message[];
  readonly after: readonly Message[];
  /** Our tools, put behind the client's. */
  readonly offers: readonly ToolDefinition[];
  /** Found anew when it is not known. */
  readonly layout?: PromptLayout | undefined;
}

/** One of the alternative answers of a body. */
export interface AnswerChoice {
  readonly text: string;
  readonly calls: readonly AnswerCall[];
}

/** A whole answer, read from its JSON text. */
export interface ChatAnswer {
  readonly choices: readonly AnswerChoice[];
  readonly usage: ProviderUsage | undefined;
  /** JSON text of the first choice's message as the provider wrote it, to be given back in the next round. */
  readonly assistantText: string;
}

/** What to change in a whole answer; everything else keeps its bytes. */
export interface AnswerEdit {
  /** The new text per choice. */
  readonly texts: readonly string[];
  /** True for the calls to leave out. */
  readonly isHidden: (call: CalledTool) => boolean;
  /** Replaces the usage when given. */
  readonly usage?: ProviderUsage | undefined;
}

/** How one provider writes requests, answers and streams. All edits keep the bytes they have no reason to change. */
export interface ProviderDialect {
  /** The provider's name in records, such as `openai`. */
  readonly provider: string;
  /** The operation's name in records, such as `chat.completions`. */
  readonly operation: string;

  /** null when the body is not a prompt that we understand; it then goes through as it is. */
  readPrompt(body: unknown): Prompt | null;
  /** The body with other messages, and with the offered tools among its tools. */
  withPrompt(text: string, edit: PromptEdit): string;
  /** The body without the tools that `withPrompt` put in. */
  withoutOffers(text: string, offers: readonly ToolDefinition[]): string;
  /** The body with the model's calls and our results appended to its messages. */
  withRound(text: string, assistantText: string, results: readonly ToolResult[]): string;
  /** The body with calls that its client never saw, by the position of the answer that hid them. */
  withHidden(asked: AskedPrompt, hidden: ReadonlyMap<number, HiddenCalls>): string;
  /** A call and its result as messages hold them, for being kept. */
  writeCall(result: ToolResult): Pick<HiddenCall, 'call' | 'result'>;
  /** How a tool is offered in a body. */
  toolText(tool: ToolDefinition): string;

  /** null when the text is not an answer. */
  readAnswer(text: string): ChatAnswer | null;
  editAnswer(text: string, edit: AnswerEdit): string;
  openStream(options: AnswerStreamOptions): AnswerStream;

  sumUsage(first: ProviderUsage | undefined, second: ProviderUsage | undefined): ProviderUsage | undefined;
  /** Prompt and answer tokens, undefined where the provider did not say. */
  tokensOf(usage: ProviderUsage | undefined): { readonly input?: number; readonly output?: number };
  /** The JSON body of an error of ours on this provider's route. */
  errorBody(message: string, type: string): string;
  /** The one event that ends a stream which failed in the middle. */
  errorEvent(message: string, type: string): string;
}
