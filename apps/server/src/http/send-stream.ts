import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** Sends texts at the pace of the client; when one cannot be made, the client sees its connection break off. */
export function sendStream(reply: FastifyReply, contentType: string, texts: AsyncIterable<string>): void {
  // No object mode: what waits for the client is counted in bytes.
  const stream = Readable.from(texts, { objectMode: false });
  void reply.header('content-type', contentType).send(stream);
}
