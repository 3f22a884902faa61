import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A request as it reached the provider. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Every byte of the body. */
  readonly body: Buffer;
  /** Resolves when the connection closed before the answer had ended. */
  readonly cancelled: Promise<void>;
  json(): ReceivedPrompt;
}

export interface ReceivedMessage {
  readonly role: string;
  readonly content?: string | readonly { readonly text?: string }[] | null;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string } }[];
  readonly tool_call_id?: string;
}

export interface ReceivedPrompt {
  readonly model?: string;
  readonly stream?: boolean;
  readonly messages: readonly ReceivedMessage[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

/** Writes one answer; what it throws ends the connection. */
export type Answer = (response: ServerResponse, request: ReceivedRequest) => void | Promise<void>;

/** A model provider over real HTTP that answers from a script and records what it received, byte for byte. */
export class ScriptedProvider {
  readonly received: ReceivedRequest[] = [];
  private readonly script: Answer[] = [];
  private fallback: Answer = completes('ok');
  private readonly server = createServer((request, response) => {
    this.serve(request, response).catch(() => response.destroy());
  });

  /** Where it listens, without `/v1`. */
  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get last(): ReceivedRequest {
    const last = this.received.at(-1);
    if (last === undefined) throw new Error('The provider has received nothing yet.');
    return last;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** The next requests are answered so, in this order. */
  answers(...answers: readonly Answer[]): void {
    this.script.push(...answers);
  }

  /** Every request beyond the script is answered so. */
  otherwise(answer: Answer): void {
    this.fallback = answer;
  }

  /** Forgets what was received and what was scripted. */
  reset(): void {
    this.received.length = this.script.length = 0;
    this.fallback = completes('ok');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of message) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const request: ReceivedRequest = {
      method: message.method ?? '',
      url: message.url ?? '',
      headers: message.headers,
      body,
      cancelled: new Promise((resolve) => {
        response.once('close', () => {
          if (!response.writableFinished) resolve();
        });
      }),
      json: () => JSON.parse(body.toString('utf8')) as ReceivedPrompt,
    };
    this.received.push(request);
    await (this.script.shift() ?? this.fallback)(response, request);
  }
}

/** A whole body with a status. */
export function sends(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };
}

export function sendsJson(status: number, body: object, headers?: Record<string, string>): Answer {
  return sends(status, JSON.stringify(body), headers);
}

/** What the model says: text, calls of tools, or both. */
export interface Saying {
  readonly content?: string | null;
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
}

/** Says the same as JSON or as a stream, whichever was asked for. */
export function completes(saying: string | Saying | ((prompt: ReceivedPrompt) => string | Saying)): Answer {
  return (response, request) => {
    const prompt = request.json();
    const said = typeof saying === 'function' ? saying(prompt) : saying;
    const full = typeof said === 'string' ? { content: said } : said;
    if (prompt.stream === true) return streams(eventsOf(full))(response, request);
    return sendsJson(200, completionOf(full))(response, request);
  };
}

/** Server-sent events, each piece as one write. */
export function streams(pieces: readonly string[], options: { readonly pauseMs?: number } = {}): Answer {
  return async (response) => {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    });
    for (const piece of pieces) {
      response.write(piece);
      if (options.pauseMs !== undefined) await delay(options.pauseMs);
    }
    response.end();
  };
}

/** The same, and then the connection breaks. */
export function streamsThenResets(pieces: readonly string[]): Answer {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of pieces) response.write(piece);
    await delay(50);
    response.socket?.resetAndDestroy();
  };
}

/** The same, and then nothing more comes. */
export function streamsThenHangs(pieces: readonly string[]): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of pieces) response.write(piece);
  };
}

/** Breaks the connection without an answer. */
export const resets: Answer = (response) => {
  response.socket?.resetAndDestroy();
};

/** Never answers. */
export const hangs: Answer = () => undefined;

export function chunkOf(delta: object, finish: string | null = null, more: object = {}): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
  const chunk = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-4o',
    choices,
    ...more,
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

export const DONE = 'data: [DONE]\n\n';

function completionOf({ content = null, calls = [] }: Saying): object {
  const tool_calls = calls.map(({ id, name, arguments: text }) => ({
    id,
    type: 'function',
    function: { name, arguments: text },
  }));
  const message = { role: 'assistant', content, ...(calls.length > 0 && { tool_calls }) };
  const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o',
    choices: [{ index: 0, message, logprobs: null, finish_reason }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  };
}

function eventsOf({ content = null, calls = [] }: Saying): string[] {
  const words = content?.match(/\s*\S+\s*/g) ?? [];
  const called = calls.map(({ id, name, arguments: text }, index) => [
    chunkOf({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
    chunkOf({ tool_calls: [{ index, function: { arguments: text } }] }),
  ]);
  return [
    chunkOf({ role: 'assistant', content: content === null ? null : '' }),
    ...words.map((word) => chunkOf({ content: word })),
    ...called.flat(),
    chunkOf({}, calls.length > 0 ? 'tool_calls' : 'stop'),
    DONE,
  ];
}
