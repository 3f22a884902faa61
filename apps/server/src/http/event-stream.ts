import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiKeys } from '#libs/access';
import { HeadroomError } from '#libs/kernel';
import { authenticate } from './authentication.js';
import { callerOf } from './current-caller.js';

/** In milliseconds. */
export interface EventStreamLimits {
  /** A client that takes nothing for so long has its connection ended; it may resume from the last id that it read. */
  readonly stalledMs: number;
  /** How often a stream asks whether its key still holds. */
  readonly keyAskedMs: number;
}

const LIMITS: EventStreamLimits = { stalledMs: 30_000, keyAskedMs: 10_000 };

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  // Proxies such as nginx would otherwise hold events back.
  'x-accel-buffering': 'no',
  // The connection ends with the stream, so that a server that stops does not wait for what else might come on it.
  connection: 'close',
};

/** Sends Server-Sent Events for as long as the client listens and its key holds, at the pace of the client. */
export class EventStream {
  constructor(
    private readonly keys: ApiKeys,
    private readonly limits = LIMITS,
  ) {}

  /**
   * @param begin makes the events; they end when the signal is aborted. What it throws before the first event is
   *   answered like any error; later the client sees its connection break off, and resumes.
   */
  async send(
    request: FastifyRequest,
    reply: FastifyReply,
    begin: (gone: AbortSignal) => AsyncGenerator<string, void, undefined>,
  ): Promise<void> {
    const gone = new AbortController();
    const leave = (): void => {
      gone.abort();
    };
    reply.raw.once('close', leave);
    const ask = async (): Promise<void> => {
      if (!(await this.holdsKey(request))) leave();
    };
    const asking = setInterval(() => void ask(), this.limits.keyAskedMs);
    const events = begin(gone.signal);
    try {
      const first = await events.next();
      const { raw } = openStream(reply);
      // A request for the head alone has its answer.
      if (request.method !== 'HEAD') await this.writeAll(raw, first, events, gone.signal);
      raw.end();
    } finally {
      clearInterval(asking);
      leave();
      await events.return();
    }
  }

  private async writeAll(
    raw: ServerResponse,
    first: IteratorResult<string, void>,
    rest: AsyncGenerator<string, void, undefined>,
    gone: AbortSignal,
  ): Promise<void> {
    try {
      for (let next = first; next.done !== true; next = await rest.next()) {
        if (!raw.write(next.value)) await drained(raw, gone, this.limits.stalledMs);
      }
    } catch {
      raw.destroy();
    }
  }

  /** A store that does not answer says nothing against the key. */
  private async holdsKey(request: FastifyRequest): Promise<boolean> {
    try {
      const { caller } = await authenticate(this.keys, request);
      return caller.keyId === callerOf(request).keyId;
    } catch (error) {
      return !(error instanceof HeadroomError && error.code === 'unauthorized');
    }
  }
}

/** Written without Fastify's pipe, so that the head leaves at once and no event waits for another. */
function openStream(reply: FastifyReply): FastifyReply {
  reply.hijack();
  for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...HEADERS })) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  reply.raw.writeHead(200);
  reply.raw.flushHeaders();
  return reply;
}

/** @throws when the client is gone, which it is made to be when it takes nothing for too long. */
async function drained(raw: ServerResponse, gone: AbortSignal, withinMs: number): Promise<void> {
  const hangUp = setTimeout(() => raw.destroy(), withinMs);
  try {
    await once(raw, 'drain', { signal: gone });
  } finally {
    clearTimeout(hangUp);
  }
}
