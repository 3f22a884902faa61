import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An embeddings endpoint in OpenAI's shape; equal texts get equal vectors. It can be told to never answer. */
export class ScriptedEmbeddings {
  isSilent = false;
  readonly embedded: string[] = [];
  #server: Server | undefined;

  async start(): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (this.isSilent) return;
        const { input } = JSON.parse(Buffer.concat(chunks).toString()) as {
          readonly input: readonly string[];
        };
        this.embedded.push(...input);
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ data: input.map((text, index) => ({ index, embedding: vectorOf(text) })) }),
        );
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

function vectorOf(text: string): number[] {
  return Array.from(createHash('sha256').update(text).digest(), (byte) => byte / 128 - 1);
}
