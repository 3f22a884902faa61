import type { FastifyReply } from 'fastify';

/** An answer whose status or headers depend on what happened. */
export interface Answer<T> {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: T;
}

/** Sets an answer's status and headers. @returns its body, for the handler to give back. */
export function answerWith<T>(reply: FastifyReply, answer: Answer<T>): T {
  if (answer.status !== undefined) void reply.status(answer.status);
  void reply.headers(answer.headers ?? {});
  return answer.body;
}

/** A JSON object whose member `name` is a list of JSON texts that go in as they stand, before the other members. */
export function exactJson(
  name: string,
  items: readonly string[],
  others: Readonly<Record<string, unknown>>,
): Answer<string> {
  const rest = JSON.stringify(others).slice(1);
  return {
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: `{${JSON.stringify(name)}:[${items.join(',')}]${rest === '}' ? '' : ','}${rest}`,
  };
}
