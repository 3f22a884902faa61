import { elementSpans, memberSpans, splice, type Span, type Splice } from '#libs/json-text';
import type { ToolResult } from '../called-tool.js';
import type { HiddenCall, HiddenCalls } from '../hidden/hidden-calls.js';
import type { AskedPrompt } from '../provider-dialect.js';
import { isObject } from './json-members.js';

/** A call as it stands in an assistant's message, and the message with its result. */
export function writeCall({ call, content, keptArguments }: ToolResult): Pick<HiddenCall, 'call' | 'result'> {
  const { function: definition, ...rest } = call.sent;
  const kept = { ...(isObject(definition) ? definition : {}), arguments: keptArguments ?? call.arguments };
  return {
    call: JSON.stringify({ ...rest, function: kept }),
    result: resultText({ call, content }),
  };
}

/** The message that gives the model the result of its call. */
export function resultText({ call, content }: Pick<ToolResult, 'call' | 'content'>): string {
  return JSON.stringify({ role: 'tool', tool_call_id: call.id, content });
}

/**
 * Puts hidden calls where the model had made them: earlier rounds before their answer, the others among its calls, and
 * each result in the order of the calls. Every byte of the client's stays.
 */
export function withHidden(
  { text, messages, layout }: AskedPrompt,
  hidden: ReadonlyMap<number, HiddenCalls>,
): string {
  const list = (layout?.members ?? memberSpans(text)).findLast(({ key }) => key === 'messages');
  if (list === undefined) return text;
  const spans = layout?.elements ?? elementSpans(text, list.start);
  const changes: Splice[] = [];
  for (const [position, { earlier, beside }] of hidden) {
    const answer = spans[position];
    if (answer === undefined) continue;
    const before = earlier.flatMap(roundTexts).map((message) => `${message},`);
    if (before.length > 0) changes.push({ start: answer.start, end: answer.start, text: before.join('') });
    const next = messages.findIndex(({ role }, i) => i > position && role !== 'tool');
    const results = spans.slice(position + 1, next === -1 ? undefined : next);
    changes.push(
      ...insertions(
        callSpans(text, answer),
        beside.map(({ after, call }) => ({ after, text: call })),
      ),
      ...insertions(
        [answer, ...results],
        beside.map(({ after, result }) => ({ after: after + 1, text: result })),
      ),
    );
  }
  return splice(text, changes);
}

function roundTexts(round: readonly HiddenCall[]): readonly string[] {
  const calls = round.map(({ call }) => call).join(',');
  return [
    `{"role":"assistant","content":null,"tool_calls":[${calls}]}`,
    ...round.map(({ result }) => result),
  ];
}

function callSpans(text: string, answer: Span): readonly Span[] {
  const calls = memberSpans(text, answer.start).findLast(({ key }) => key === 'tool_calls');
  return calls === undefined ? [] : elementSpans(text, calls.start);
}

/** Each piece behind so many elements; at the end where there are fewer of them. */
function insertions(
  elements: readonly Span[],
  pieces: readonly { readonly after: number; readonly text: string }[],
): Splice[] {
  const last = elements.at(-1);
  if (last === undefined) return [];
  return pieces.map((piece) => {
    const next = elements[piece.after];
    return next === undefined
      ? { start: last.end, end: last.end, text: `,${piece.text}` }
      : { start: next.start, end: next.start, text: `${piece.text},` };
  });
}
