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
