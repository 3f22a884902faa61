import { Agent, request } from 'node:http';

/** The parts of `/readyz` that benchmarks wait for. */
export interface ReadinessChecks {
  readonly embedder?: { readonly pending?: number };
  readonly vectors?: { readonly building?: number; readonly stale?: number };
}

/** Posts JSON over connections that stay open, as an SDK does; `fetch` would add its own time to each answer. */
export class JsonClient {
  readonly #agent: Agent;

  constructor(
    private readonly origin: string,
    connections = 32,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** @returns the body of the answer. @throws Error with the beginning of an answer that is not 2xx. */
  post(path: string, body: unknown): Promise<string> {
    return this.#send('POST', path, JSON.stringify(body));
  }

  put(path: string, body: unknown): Promise<string> {
    return this.#send('PUT', path, JSON.stringify(body));
  }

  get(path: string): Promise<string> {
    return this.#send('GET', path, '');
  }

  /** What `/readyz` reports, also while it says that the server is not ready: a busy one may be late for its checks. */
  async readiness(): Promise<ReadinessChecks> {
    const { checks } = JSON.parse(await this.#send('GET', '/readyz', '', [503])) as {
      checks: ReadinessChecks;
    };
    return checks;
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, body: string, expected: readonly number[] = []): Promise<string> {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `${this.origin}${path}`,
        { method, agent: this.#agent, headers: method === 'GET' ? {} : headers },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(parts).toString('utf8');
            const status = answer.statusCode ?? 0;
            if ((status >= 200 && status < 300) || expected.includes(status)) resolve(text);
            else reject(new Error(`${path} answered ${status}: ${text.slice(0, 300)}`));
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}
