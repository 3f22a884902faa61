import type { Message } from '#libs/kernel';
import {
  elementSpans,
  jsonChanges,
  memberSpans,
  splice,
  type MemberSpan,
  type Span,
  type Splice,
} from '#libs/json-text';
import type { ProviderUsage, ToolResult } from '../called-tool.js';
import type { Prompt, PromptEdit, ProviderDialect } from '../provider-dialect.js';
import type { AnswerStream, AnswerStreamOptions } from '../stream/answer-stream.js';
import type { ToolDefinition } from '../tools/tool-definition.js';
import { editAnswer, readAnswer } from './openai-answer.js';
import { OpenAiAnswerStream } from './openai-answer-stream.js';
import { resultText, withHidden, writeCall } from './openai-hidden-calls.js';
import { isObject, type JsonMembers } from './json-members.js';
import { sumUsage } from './openai-usage.js';

/** Ways of choosing a tool that leave the model free to call one more. */
const OPEN_CHOICES: readonly unknown[] = [undefined, null, 'auto', 'required'];

/** OpenAI's Chat Completions, and everything that speaks it. Source: https://platform.openai.com/docs/api-reference/chat */
export class OpenAiDialect implements ProviderDialect {
  readonly provider = 'openai';
  readonly operation = 'chat.completions';

  readPrompt(body: unknown): Prompt | null {
    if (!isObject(body)) return null;
    const messages: unknown = body['messages'];
    if (!isMessages(messages)) return null;
    const tools: readonly unknown[] = Array.isArray(body['tools']) ? body['tools'] : [];
    return {
      model: typeof body['model'] === 'string' ? body['model'] : undefined,
      messages,
      outputTokens: positive(body['max_completion_tokens']) ?? positive(body['max_tokens']),
      freeForm: !isFormatted(body['response_format']),
      acceptsTool:
        OPEN_CHOICES.includes(body['tool_choice']) && isToolList(body['tools']) && !hasFunctions(body),
      toolNames: new Set(tools.map(toolName).filter((name) => name !== undefined)),
      singleAnswer: (positive(body['n']) ?? 1) === 1,
    };
  }

  withPrompt(text: string, { before, after, offers, layout }: PromptEdit): string {
    if (before === after && offers.length === 0) return text;
    const members = layout?.members ?? memberSpans(text);
    const messages = members.findLast(({ key }) => key === 'messages');
    const changes =
      messages === undefined ? [] : jsonChanges(text, messages, before, after, layout?.elements);
    if (offers.length > 0) changes.push(addedTools(text, members, offers.map(toolText)));
    return changes.length === 0 ? text : splice(text, changes);
  }

  withoutOffers(text: string, offers: readonly ToolDefinition[]): string {
    const members = memberSpans(text);
    const at = members.findLastIndex((candidate) => candidate.key === 'tools');
    const tools = members[at];
    if (tools === undefined || offers.length === 0) return text;
    const spans = elementSpans(text, tools.start);
    const own = spans.slice(-offers.length);
    const areOurs =
      own.length === offers.length && offers.every((offer, i) => textAt(text, own[i]) === toolText(offer));
    const end = own.at(-1)?.end;
    if (!areOurs || end === undefined) return text;
    const before = spans.at(-offers.length - 1);
    if (before !== undefined) return splice(text, [{ start: before.end, end, text: '' }]);
    // The list holds nothing but our tools: an empty list is refused by the provider, so the member goes too.
    const previous = members[at - 1];
    if (previous !== undefined) return splice(text, [{ start: previous.end, end: tools.end, text: '' }]);
    const comma = /\s*,?/y;
    comma.lastIndex = tools.end;
    comma.test(text);
    return splice(text, [{ start: text.indexOf('{') + 1, end: comma.lastIndex, text: '' }]);
  }

  withRound(text: string, assistantText: string, results: readonly ToolResult[]): string {
    const messages = member(text, 'messages');
    if (messages === undefined) return text;
    return splice(text, [appended(text, messages, [assistantText, ...results.map(resultText)])]);
  }

  readonly withHidden = withHidden;
  readonly writeCall = writeCall;
  readonly toolText = toolText;

  readonly readAnswer = readAnswer;
  readonly editAnswer = editAnswer;
  readonly sumUsage = sumUsage;

  openStream(options: AnswerStreamOptions): AnswerStream {
    return new OpenAiAnswerStream(options);
  }

  tokensOf(usage: ProviderUsage | undefined): { readonly input?: number; readonly output?: number } {
    const input = usage?.['prompt_tokens'];
    const output = usage?.['completion_tokens'];
    return {
      ...(typeof input === 'number' ? { input } : {}),
      ...(typeof output === 'number' ? { output } : {}),
    };
  }

  errorBody(message: string, type: string): string {
    return JSON.stringify({ error: { message, type, param: null, code: null } });
  }

  errorEvent(message: string, type: string): string {
    return `data: ${JSON.stringify({ error: { message, type } })}\n\n`;
  }
}

function isMessages(value: unknown): value is readonly Message[] {
  return (
    Array.isArray(value) && value.every((message) => isObject(message) && typeof message['role'] === 'string')
  );
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

function isFormatted(format: unknown): boolean {
  return isObject(format) && format['type'] !== 'text';
}

function isToolList(tools: unknown): boolean {
  return tools === undefined || tools === null || Array.isArray(tools);
}

/** A definition always has the same bytes: prompt caches start with the tools. */
function toolText({ name, description, parameters }: ToolDefinition): string {
  return JSON.stringify({ type: 'function', function: { name, description, parameters } });
}

function addedTools(text: string, members: readonly MemberSpan[], added: readonly string[]): Splice {
  const tools = members.findLast(({ key }) => key === 'tools');
  if (tools !== undefined && text.startsWith('null', tools.start)) {
    return { start: tools.start, end: tools.end, text: `[${added.join(',')}]` };
  }
  if (tools !== undefined) return appended(text, tools, added);
  const end = members.at(-1)?.end ?? 0;
  return { start: end, end, text: `,"tools":[${added.join(',')}]` };
}

function textAt(text: string, span: Span | undefined): string | undefined {
  return span && text.slice(span.start, span.end);
}

/** The older way of offering tools, which providers refuse beside the newer one. */
function hasFunctions(body: JsonMembers): boolean {
  return Array.isArray(body['functions']) && body['functions'].length > 0;
}

function toolName(tool: unknown): string | undefined {
  const definition: unknown = isObject(tool) ? (tool['function'] ?? tool['custom']) : undefined;
  const name: unknown = isObject(definition) ? definition['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** Of a key that stands twice the last counts, as `JSON.parse` has it. */
function member(text: string, key: string): MemberSpan | undefined {
  return memberSpans(text).findLast((candidate) => candidate.key === key);
}

function appended(text: string, array: MemberSpan, elements: readonly string[]): Splice {
  const last = elementSpans(text, array.start).at(-1);
  const at = last?.end ?? array.end - 1;
  return { start: at, end: at, text: `${last === undefined ? '' : ','}${elements.join(',')}` };
}
