import { elementSpans, memberSpans, rewriteJson } from '#libs/json-text';
import type { AnswerCall, CalledTool } from '../called-tool.js';
import type { AnswerChoice, AnswerEdit, ChatAnswer } from '../provider-dialect.js';
import { isObject, type JsonMembers } from './json-members.js';

/** Reads a `chat.completion`; null when the text is none. */
export function readAnswer(text: string): ChatAnswer | null {
  const body = parse(text);
  if (!isObject(body) || !Array.isArray(body['choices'])) return null;
  const usage: unknown = body['usage'];
  return {
    choices: (body['choices'] as readonly unknown[]).map(readChoice),
    usage: isObject(usage) ? usage : undefined,
    assistantText: firstMessageText(text),
  };
}

/** Writes the answer's text with other texts and without the hidden calls. */
export function editAnswer(text: string, edit: AnswerEdit): string {
  const body = parse(text);
  if (!isObject(body) || !Array.isArray(body['choices'])) return text;
  const choices = (body['choices'] as readonly unknown[]).map((choice, i) =>
    isObject(choice) ? editChoice(choice, edit.texts[i] ?? '', edit.isHidden) : choice,
  );
  const usage = edit.usage === undefined ? {} : { usage: edit.usage };
  return rewriteJson(text, body, { ...body, choices, ...usage });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function readChoice(choice: unknown): AnswerChoice {
  const message: unknown = isObject(choice) ? choice['message'] : undefined;
  if (!isObject(message)) return { text: '', calls: [] };
  return {
    text: typeof message['content'] === 'string' ? message['content'] : '',
    calls: callsOf(message).map(readCall),
  };
}

function callsOf(message: JsonMembers): readonly unknown[] {
  return Array.isArray(message['tool_calls']) ? (message['tool_calls'] as readonly unknown[]) : [];
}

/** A call that is no function call reads as one without a name: it can only be the client's. */
function readCall(call: unknown): AnswerCall {
  const definition: unknown = isObject(call) ? call['function'] : undefined;
  const text = (members: unknown, key: string): string => {
    const value: unknown = isObject(members) ? members[key] : undefined;
    return typeof value === 'string' ? value : '';
  };
  return {
    id: text(call, 'id'),
    name: text(definition, 'name'),
    arguments: text(definition, 'arguments'),
    sent: isObject(call) ? call : {},
  };
}

function editChoice(choice: JsonMembers, text: string, isHidden: (call: CalledTool) => boolean): JsonMembers {
  const message = choice['message'];
  if (!isObject(message)) return choice;
  const content = typeof message['content'] === 'string' ? { content: text } : {};
  const calls = callsOf(message);
  const visible = calls.filter((call) => !isHidden(readCall(call)));
  if (visible.length === calls.length) return { ...choice, message: { ...message, ...content } };
  const { tool_calls: _hidden, ...others } = message;
  const rest = { ...others, ...content };
  if (visible.length > 0) return { ...choice, message: { ...rest, tool_calls: visible } };
  const finish = choice['finish_reason'] === 'tool_calls' ? { finish_reason: 'stop' } : {};
  return { ...choice, message: rest, ...finish };
}

function firstMessageText(text: string): string {
  const choices = memberSpans(text).findLast(({ key }) => key === 'choices');
  const first = choices && elementSpans(text, choices.start)[0];
  if (first === undefined || text[first.start] !== '{') return '{}';
  const message = memberSpans(text, first.start).findLast(({ key }) => key === 'message');
  return message === undefined ? '{}' : text.slice(message.start, message.end);
}
