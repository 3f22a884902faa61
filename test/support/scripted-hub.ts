import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What is asked of the hub, by the file's path in the model's folder. */
export interface HubRequest {
  readonly file: string;
  readonly range: string | undefined;
}

/** Answers in place of the hub; false leaves the request to it. */
export type HubScript = (request: HubRequest, response: ServerResponse) => boolean;

/**
 * A model hub on 127.0.0.1 that serves one real model's folder as the public one does: small files at once, large ones
 * by a redirect that names their size and SHA-256, parts of them on demand.
 */
export class ScriptedHub {
  readonly requests: HubRequest[] = [];
  script: HubScript = () => false;
  #server: Server | undefined;

  /** @param folder the model's, read and never copied. */
  constructor(
    private readonly folder: string,
    private readonly repository: string,
  ) {}

  /** @returns its origin. */
  async start(port = 0): Promise<string> {
    const server = createServer((request, response) => {
      this.#answer(request, response);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  contentOf(file: string): Buffer {
    return readFileSync(join(this.folder, file));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '';
    const resolved = `/${this.repository}/resolve/main/`;
    const isStorage = url.startsWith('/storage/');
    const file = url.slice((isStorage ? '/storage/' : resolved).length);
    const isKnown = (isStorage || url.startsWith(resolved)) && existsSync(join(this.folder, file));
    if (!isKnown) {
      response.writeHead(404).end('Entry not found');
      return;
    }
    if (!isStorage && file.endsWith('.onnx')) {
      const content = this.contentOf(file);
      response.writeHead(302, {
        location: `/storage/${file}`,
        'x-linked-size': content.length,
        'x-linked-etag': `"${sha256(content)}"`,
        'x-repo-commit': 'c0ffee',
      });
      response.end('Found. Redirecting');
      return;
    }
    const asked = { file, range: request.headers.range };
    this.requests.push(asked);
    if (!this.script(asked, response)) this.#send(asked, response);
  }

  #send({ file, range }: HubRequest, response: ServerResponse): void {
    const content = this.contentOf(file);
    const headers = { etag: `"${sha256(content).slice(0, 40)}"`, 'x-repo-commit': 'c0ffee' };
    const from = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    const part = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      ...headers,
      'content-length': part.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    });
    response.end(part);
  }
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
