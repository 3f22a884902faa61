import { retrieveTool } from '#libs/ccr';
import type { Message } from '#libs/kernel';
import { elementSpans, memberSpans, splice, type MemberSpan, type Splice } from '#libs/json-text';
import type { ProviderUsage, ToolResult } from '../called-tool.js';
import type { Prompt, PromptEdit, ProviderDialect } from '../provider-dialect.js';
import { jsonChanges } from '../rewrite-json.js';
import type { AnswerStream, AnswerStreamOptions } from '../stream/answer-stream.js';
import { editAnswer, readAnswer } from './openai-answer.js';
import { OpenAiAnswerStream } from './openai-answer-stream.js';
import { isObject } from './json-members.js';
import { sumUsage } from './openai-usage.js';

/** Ways of choosing a tool that leave the model free to call one more. */
const OPEN_CHOICES: readonly unknown[] = [undefined, null, 'auto', 'required'];

/** OpenAI's Chat Completions, and everything that speaks it. Source: https://platform.openai.com/docs/api-reference/chat */
export class OpenAiDialect implements ProviderDialect {
  readonly provider = 'openai';
  readonly operation = 'chat.completions';
  private readonly tool = JSON.stringify(retrieveTool('openai'));

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
      acceptsTool: OPEN_CHOICES.includes(body['tool_choice']) && isToolList(body['tools']),
      toolNames: new Set(tools.map(toolName).filter((name) => name !== undefined)),
      singleAnswer: (positive(body['n']) ?? 1) === 1,
    };
  }

  withPrompt(text: string, { before, after, offersRetrieval, layout }: PromptEdit): string {
    if (before === after && !offersRetrieval) return text;
    const members = layout?.members ?? memberSpans(text);
    const messages = members.findLast(({ key }) => key === 'messages');
    const changes =
      messages === undefined ? [] : jsonChanges(text, messages, before, after, layout?.elements);
    if (offersRetrieval) changes.push(this.addedTool(text, members));
    return changes.length === 0 ? text : splice(text, changes);
  }

  private addedTool(text: string, members: readonly MemberSpan[]): Splice {
    const tools = members.findLast(({ key }) => key === 'tools');
    if (tools !== undefined && text.startsWith('null', tools.start)) {
      return { start: tools.start, end: tools.end, text: `[${this.tool}]` };
    }
    if (tools !== undefined) return appended(text, tools, [this.tool]);
    const end = members.at(-1)?.end ?? 0;
    return { start: end, end, text: `,"tools":[${this.tool}]` };
  }

  withoutRetrieveTool(text: string): string {
    const members = memberSpans(text);
    const at = members.findLastIndex((candidate) => candidate.key === 'tools');
    const tools = members[at];
    if (tools === undefined) return text;
    const spans = elementSpans(text, tools.start);
    const own = spans.at(-1);
    if (own === undefined || text.slice(own.start, own.end) !== this.tool) return text;
    const before = spans.at(-2);
    if (before !== undefined) return splice(text, [{ start: before.end, end: own.end, text: '' }]);
    // The list holds nothing but our tool: an empty list is refused by the provider, so the member goes too.
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
    const answers = results.map(({ call, content }) =>
      JSON.stringify({ role: 'tool', tool_call_id: call.id, content }),
    );
    return splice(text, [appended(text, messages, [assistantText, ...answers])]);
  }

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
