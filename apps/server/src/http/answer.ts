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

/** Lists of JSON texts that go in as they stand, by the name of their member. */
export type ExactLists = Readonly<Record<string, readonly string[]>>;

/** A JSON object with lists of JSON texts, before its other members. */
export function exactJson(lists: ExactLists, others: Readonly<Record<string, unknown>>): Answer<string> {
  return {
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: exactObject(lists, others),
  };
}

/** The same as a text, such as for an element of a list. */
export function exactObject(lists: ExactLists, others: Readonly<Record<string, unknown>>): string {
  const exact = Object.entries(lists).map(([name, items]) => `${JSON.stringify(name)}:[${items.join(',')}]`);
  const rest = JSON.stringify(others).slice(1, -1);
  return `{${[...exact, ...(rest === '' ? [] : [rest])].join(',')}}`;
}
