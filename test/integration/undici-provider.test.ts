import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UndiciProvider } from '#libs/adapters';
import { readWhole, type ProviderRequest } from '#libs/chat';
import { HeadroomError } from '#libs/kernel';
import {
  hangs,
  resets,
  ScriptedProvider,
  sends,
  streamsThenHangs,
  streamsThenResets,
} from '../support/scripted-provider.js';

let upstream: ScriptedProvider;
let provider: UndiciProvider;

beforeAll(async () => {
  upstream = await new ScriptedProvider().start();
});
afterAll(() => upstream.stop());
beforeEach(() => {
  upstream.reset();
  provider = new UndiciProvider({ connectTimeoutMs: 1000, headersTimeoutMs: 300, bodyTimeoutMs: 300 });
});
afterEach(() => provider.close());

const aRequest = (more: Partial<ProviderRequest> = {}): ProviderRequest => ({
  method: 'POST',
  url: `${upstream.origin}/v1/chat/completions`,
  headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip' },
  body: Buffer.from('{"a":1.0}'),
  signal: new AbortController().signal,
  readable: true,
  ...more,
});

const whole = async (request: ProviderRequest): Promise<string> =>
  (await readWhole((await provider.send(request)).body)).toString();

describe('reaching a provider over HTTP', () => {
  it('sends the body as it is and gives back status, headers and body', async () => {
    upstream.answers(sends(418, 'short', { 'x-own': 'yes', connection: 'x-hop', 'x-hop': '1' }));
    const { status, headers, body } = await provider.send(aRequest());
    expect([status, (await readWhole(body)).toString()]).toEqual([418, 'short']);
    expect(headers).toMatchObject({ 'x-own': 'yes' });
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['connection']));
    expect(headers['x-hop']).toBeUndefined();
    expect(upstream.last.body.toString()).toBe('{"a":1.0}');
    expect(upstream.last.headers['content-length']).toBe('9');
  });

  it('asks for plain bytes, and undoes an encoding that comes all the same', async () => {
    upstream.answers((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('plain'));
    });
    const { headers, body } = await provider.send(aRequest());
    expect((await readWhole(body)).toString()).toBe('plain');
    expect(headers['content-encoding']).toBeUndefined();
    expect(upstream.last.headers['accept-encoding']).toBe('identity');
  });

  it('leaves the encoding alone where nobody here reads the answer', async () => {
    const zipped = gzipSync('plain');
    upstream.answers((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped);
    });
    const { headers, body } = await provider.send(aRequest({ readable: false }));
    expect(await readWhole(body)).toEqual(zipped);
    expect(headers['content-encoding']).toBe('gzip');
    expect(upstream.last.headers['accept-encoding']).toBe('gzip');
  });

  it.each([
    ['unreachable', resets],
    ['timeout', hangs],
    ['unreachable', streamsThenResets(['data: 1\n\n'])],
    ['timeout', streamsThenHangs(['data: 1\n\n'])],
  ])('says that there is no answer: %s', async (reason, answer) => {
    upstream.answers(answer);
    const failure = await whole(aRequest()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HeadroomError);
    expect(failure).toMatchObject({ code: 'provider_error', details: { reason } });
  });

  it('never tells the query of an address, which may hold a key', async () => {
    const url = 'http://127.0.0.1:9/v1/models?key=secret';
    const failure = await whole(aRequest({ url })).catch((error: unknown) => error);
    expect((failure as Error).message).toContain('http://127.0.0.1:9');
    expect((failure as Error).message).not.toContain('secret');
  });

  it('ends the exchange at once when it is aborted', async () => {
    const gone = new AbortController();
    upstream.answers(hangs);
    const sent = provider.send(aRequest({ signal: gone.signal }));
    await expect.poll(() => upstream.received.length).toBe(1);
    gone.abort();
    await expect(sent).rejects.not.toBeInstanceOf(HeadroomError);
    await upstream.last.cancelled;
  });
});
