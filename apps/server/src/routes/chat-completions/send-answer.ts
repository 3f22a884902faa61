import { once } from 'node:events';
import type { FastifyReply } from 'fastify';
import type { TurnAnswer } from '#libs/chat';
import { clientGone } from '../../http/client-gone.js';

const NOTHING = Buffer.alloc(0);

/**
 * Takes an answer and sends it, a stream at the pace of the client. When the client goes away, the signal aborts
 * and nothing more is sent.
 */
export async function sendAnswer(
  reply: FastifyReply,
  take: (gone: AbortSignal) => Promise<TurnAnswer>,
): Promise<void> {
  const gone = clientGone(reply);
  try {
    const answer = await take(gone);
    if (answer.body instanceof Uint8Array) sendWhole(reply, answer, answer.body);
    else await sendStream(reply, answer, answer.body, gone);
  } catch (error) {
    if (!gone.aborted) throw error;
  }
}

function sendWhole(reply: FastifyReply, { status, headers }: TurnAnswer, body: Uint8Array): void {
  for (const [name, value] of Object.entries(headers)) void reply.header(name, value);
  void reply.status(status).send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

/** Written without Fastify's pipe, so that the head leaves at once and no piece waits for another. */
async function sendStream(
  reply: FastifyReply,
  { status, headers }: TurnAnswer,
  body: AsyncIterable<Uint8Array>,
  gone: AbortSignal,
): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...headers })) {
    if (value !== undefined) raw.setHeader(name, value);
  }
  raw.writeHead(status);
  // `flushHeaders` would write the head as UTF-8 and so encode its bytes beyond ASCII once more.
  raw.write(NOTHING);
  try {
    for await (const piece of body) {
      if (raw.destroyed) return;
      if (!raw.write(piece)) await once(raw, 'drain', { signal: gone });
    }
    raw.end();
  } catch {
    // The client is gone, or the provider broke off in a body that is not ours to mend, and the client must see that.
    raw.destroy();
  }
}
