import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmbedder, OllamaEmbedder, OpenAiEmbedder } from '#libs/adapters';

interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: { readonly model: string; readonly input: readonly string[] };
}
type Reply =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | 'reset'
  | 'silence';

/** Answers requests in turn as told; the last reply repeats. */
class ScriptedService {
  readonly received: Received[] = [];
  replies: ((request: Received) => Reply)[] = [];
  #server: Server | undefined;

  async start(): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Received['body'];
        const received = { path: request.url ?? '', authorization: request.headers.authorization, body };
        this.received.push(received);
        const reply = (this.replies.length > 1 ? this.replies.shift() : this.replies[0])?.(received);
        if (reply === 'silence' || reply === undefined) return;
        if (reply === 'reset') {
          request.socket.destroy();
          return;
        }
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
        response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
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

/** A vector that tells which text it is of, twice as long as it should be, in reverse order. */
const openAiReply = ({ body }: Received): Reply => ({
  status: 200,
  body: { data: body.input.map((text, index) => ({ index, embedding: [text.length, 0] })).reverse() },
});
const ollamaReply = ({ body }: Received): Reply => ({
  status: 200,
  body: { embeddings: body.input.map((text) => [0, text.length]) },
});
const always = (reply: Reply) => () => reply;

describe('remote embedders', () => {
  const service = new ScriptedService();
  let url: string;
  const openAi = (options: object = {}) =>
    new OpenAiEmbedder({
      model: 'm',
      apiKey: 'key',
      baseUrl: url,
      backOffMs: 1,
      deadlineMs: 5_000,
      ...options,
    });

  beforeEach(async () => {
    service.received.length = 0;
    url = await service.start();
  });
  afterEach(() => service.stop());

  it('asks OpenAI in its own shape, in order and at unit length', async () => {
    service.replies = [openAiReply];
    const vectors = await openAi({ baseUrl: `${url}/v1/` }).embed(['a', 'bbb']);
    expect(vectors.map((vector) => [...vector])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(service.received).toEqual([
      {
        path: '/v1/embeddings',
        authorization: 'Bearer key',
        body: { model: 'm', input: ['a', 'bbb'], encoding_format: 'float' },
      },
    ]);
  });

  it('asks Ollama in its own shape, in batches', async () => {
    service.replies = [ollamaReply];
    const texts = Array.from({ length: 70 }, (_, i) => 'x'.repeat(i + 1));
    const vectors = await new OllamaEmbedder({ model: 'nomic', baseUrl: url }).embed(texts);
    expect(vectors).toHaveLength(70);
    expect(service.received.map(({ path, body }) => [path, body.input.length])).toEqual([
      ['/api/embed', 16],
      ['/api/embed', 16],
      ['/api/embed', 16],
      ['/api/embed', 16],
      ['/api/embed', 6],
    ]);
  });

  it.each([
    ['overload', { status: 429, headers: { 'retry-after': '0' } }],
    ['a server fault', { status: 503 }],
    ['a reset connection', 'reset'],
    ['HTML instead of JSON', { status: 200, body: '<html>' }],
  ] as const)('tries again after %s', async (_, reply) => {
    service.replies = [always(reply), always(reply), openAiReply];
    expect(await openAi().embed(['a'])).toHaveLength(1);
    expect(service.received).toHaveLength(3);
  });

  it('gives up after three attempts with a coded error', async () => {
    service.replies = [always({ status: 500 })];
    await expect(openAi().embed(['a'])).rejects.toMatchObject({ code: 'unavailable' });
    expect(service.received).toHaveLength(3);
  });

  it('does not try again what is refused, and does not repeat what the service says', async () => {
    service.replies = [always({ status: 401, body: { error: 'bad key: key' } })];
    await expect(openAi().embed(['a'])).rejects.toThrow(/refuses with HTTP 401\. Check OPENAI_API_KEY\.$/);
    expect(service.received).toHaveLength(1);
  });

  it('does not wait for a silent service beyond its deadline', async () => {
    service.replies = [always('silence')];
    await expect(openAi({ deadlineMs: 30, attempts: 2 }).embed(['a'])).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(service.received).toHaveLength(2);
  });

  it('stops when it is cancelled', async () => {
    service.replies = [always('silence')];
    const cancel = new AbortController();
    const embedding = openAi().embed(['a'], { signal: cancel.signal });
    cancel.abort();
    await expect(embedding).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('gives a vector per text or a coded error, whatever a service answers', async () => {
    const answers = fc.oneof(
      fc.json(),
      fc.record({ data: fc.array(fc.record({ index: fc.integer(), embedding: fc.array(fc.double()) })) }),
    );
    const embedder = openAi({ attempts: 1 });
    await fc.assert(
      fc.asyncProperty(answers, async (body) => {
        service.replies = [always({ status: 200, body })];
        const outcome = await embedder.embed(['a']).catch((error: unknown) => error);
        if (Array.isArray(outcome)) expect(outcome).toHaveLength(1);
        else expect(outcome).toMatchObject({ code: 'unavailable' });
      }),
      { numRuns: 100 },
    );
    await embedder.close();
  });

  it('refuses an answer with too few vectors', async () => {
    service.replies = [always({ status: 200, body: { data: [] } })];
    await expect(openAi().embed(['a'])).rejects.toThrow(/one vector per text/);
  });

  it('leaves a service in peace that asks for a long pause, and hands the pause on', async () => {
    service.replies = [always({ status: 429, headers: { 'retry-after': '120' } }), openAiReply];
    const embedder = openAi();
    const asked = { code: 'unavailable', details: { retry_after_ms: 120_000 } };
    await expect(embedder.embed(['a'])).rejects.toMatchObject(asked);
    await expect(embedder.embed(['b'])).rejects.toThrow(/it asked for a pause/);
    expect(service.received).toHaveLength(1);
  });

  it('lets no query wait behind background texts', async () => {
    service.replies = [
      (request) => (request.body.input.includes('backlog') ? 'silence' : openAiReply(request)),
    ];
    const embedder = openAi();
    const backlog = Array.from({ length: 50 }, () => embedder.embed(['backlog'], { isBackground: true }));
    void Promise.allSettled(backlog);
    expect(await embedder.embed(['query'])).toHaveLength(1);
    const sent = service.received.filter(({ body }) => body.input.includes('backlog'));
    expect(sent.length).toBeLessThanOrEqual(2);
    await embedder.close();
  });

  it('sends nothing that a service refuses for being empty or broken', async () => {
    service.replies = [openAiReply];
    expect(await openAi().embed(['', ' \n', 'half \ud83d'])).toHaveLength(3);
    expect(service.received[0]?.body.input).toEqual(['.', '.', 'half \ufffd']);
  });

  it('cuts texts that are too long, and further when the service still refuses them', async () => {
    service.replies = [
      (request) => {
        const tokens = Math.max(...request.body.input.map((text) => Buffer.byteLength(text)));
        return tokens > 8_191 ? { status: 400 } : openAiReply(request);
      },
    ];
    expect(await openAi().embed(['東京'.repeat(20_000), 'short'])).toHaveLength(2);
    expect(service.received.map(({ body }) => body.input.map((text) => text.length))).toEqual([
      [16_000, 5],
      [2_730, 5],
    ]);
  });

  it('says what to do about a model that Ollama lacks', async () => {
    service.replies = [always({ status: 404 })];
    await expect(new OllamaEmbedder({ model: 'nomic', baseUrl: url }).embed(['a'])).rejects.toThrow(
      /`ollama pull nomic`/,
    );
  });

  it('says where nothing answers', async () => {
    await service.stop();
    await expect(openAi().embed(['a'])).rejects.toThrow(`at ${url} does not answer: ECONNREFUSED`);
    await service.start();
  });

  it('remembers what was asked before', async () => {
    service.replies = [openAiReply];
    const { embedder } = createEmbedder({
      embedder: 'openai',
      modelDir: '.',
      openAiApiKey: 'key',
      openAiBaseUrl: url,
    });
    await embedder?.embed(['a', 'b']);
    expect(await embedder?.embed(['b', 'c', 'a'])).toHaveLength(3);
    expect(service.received.map(({ body }) => body.input)).toEqual([['a', 'b'], ['c']]);
  });
});
