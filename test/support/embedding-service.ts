import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An embedding service in OpenAI's shape, on 127.0.0.1: deterministic, counted, and as slow as it is told, or silent. */
export class EmbeddingService {
  /** Every text that was asked for, with its model, in order. */
  readonly asked: { readonly model: string; readonly text: string }[] = [];
  /** Milliseconds that an answer takes. */
  delayMs = 0;
  /** Whether it never answers. */
  isSilent = false;
  /** Whether it refuses everything. */
  isBroken = false;
  /** How often it was called, answered or not. */
  calls = 0;
  #server: Server | undefined;

  async start(): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.calls++;
        if (this.isSilent) return;
        if (this.isBroken) {
          response
            .writeHead(400, { 'content-type': 'application/json' })
            .end('{"error":{"message":"broken"}}');
          return;
        }
        const body = JSON.parse(Buffer.concat(chunks).toString()) as { model: string; input: string[] };
        this.asked.push(...body.input.map((text) => ({ model: body.model, text })));
        const data = body.input.map((text, index) => ({ index, embedding: vectorOf(text) }));
        setTimeout(() => {
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
        }, this.delayMs);
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

/** Equal texts get equal vectors, on every machine. */
function vectorOf(text: string): number[] {
  return Array.from(createHash('sha256').update(text).digest(), (byte) => byte / 128 - 1);
}
