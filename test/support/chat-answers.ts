import type { ProviderResponse } from '#libs/chat';
import { HASH } from './scripted-chat.js';

export const BODY =
  '{ "model":"gpt-4o","temperature":1.0, "seed":12345678901234567890,"messages":[ {"role":"user","content":"caf\\u00e9"} ],"unknown":{"b":1,"a":-0.0e3}}';
export const WITH_MARKER = `{"model":"gpt-4o","messages":[{"role":"tool","tool_call_id":"t","content":"[9 items compressed to 2. Retrieve more: hash=${HASH}]"}]}`;
export const STREAMED_MARKER = WITH_MARKER.replace(/^\{/, '{"stream":true,');

async function* pieces(list: readonly (string | Buffer | Error)[]): AsyncGenerator<Uint8Array> {
  for (const piece of list) {
    await Promise.resolve();
    if (piece instanceof Error) throw piece;
    yield Buffer.from(piece as string);
  }
}

export const json =
  (value: unknown, status = 200) =>
  (): ProviderResponse => ({
    status,
    headers: { 'content-type': 'application/json', 'x-request-id': 'upstream' },
    body: pieces([typeof value === 'string' ? value : JSON.stringify(value)]),
  });
export const sse = (list: readonly (string | Buffer | Error)[]) => (): ProviderResponse => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream; charset=utf-8' },
  body: pieces(list),
});

export const chunk = (delta: object, more: object = {}, index = 0): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', choices: [{ index, delta, finish_reason: null, ...more }] })}\n\n`;
export const DONE = 'data: [DONE]\n\n';
export const call = (name: string, args: object, id = 'call_1') => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
});
export const completion = (message: object, finish = 'stop', usage?: object) => ({
  id: 'c1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  ...(usage && { usage }),
});

/** The text that a client puts together from a stream, per alternative answer. */
export function textOfStream(stream: string): string[] {
  const texts: string[] = [];
  for (const event of stream.split('\n\n').filter((line) => line.startsWith('data: {'))) {
    const { choices } = JSON.parse(event.slice(6)) as {
      choices: { index: number; delta: { content?: string } }[];
    };
    for (const { index, delta } of choices) texts[index] = (texts[index] ?? '') + (delta.content ?? '');
  }
  return texts;
}
