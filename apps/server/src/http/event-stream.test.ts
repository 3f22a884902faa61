import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiKeys } from '#libs/access';
import { InMemoryApiKeyStore } from '#libs/adapters';
import { SystemClock, UuidV7Ids } from '#libs/platform';
import { aCaller } from '../../../../test/support/callers.js';
import { until } from '../../../../test/support/until.js';
import { RandomSecrets } from '../ports/random-secrets.js';
import { authenticate } from './authentication.js';
import { rememberCaller } from './current-caller.js';
import { EventStream, type EventStreamLimits } from './event-stream.js';

const EVENT = `data: ${'x'.repeat(100_000)}\n\n`;
const NEVER = 3_600_000;
const admin = aCaller({ isAdmin: true });

describe('a stream of events', () => {
  let keys: ApiKeys;
  let server: FastifyInstance;
  let client: Socket;
  /** What became of the stream. */
  let stream: { made: number; hasEnded: boolean };

  beforeEach(() => {
    keys = new ApiKeys(new InMemoryApiKeyStore(), new SystemClock(), new UuidV7Ids(), new RandomSecrets());
    stream = { made: 0, hasEnded: false };
  });
  afterEach(async () => {
    client.destroy();
    await server.close();
  });

  /** A client, which takes nothing yet, of a stream that has always more to send, every so many milliseconds. */
  const open = async (
    everyMs: number,
    limits: Partial<EventStreamLimits> = {},
    secret?: string,
  ): Promise<void> => {
    const streams = new EventStream(keys, { stalledMs: NEVER, keyAskedMs: NEVER, ...limits });
    server = fastify();
    server.get('/', async (request, reply) => {
      rememberCaller(request, await authenticate(keys, request));
      await streams.send(request, reply, (gone) => withoutEnd(stream, everyMs, gone));
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
    client = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
    client.pause().on('error', () => undefined);
    const head = ['GET / HTTP/1.1', 'host: here'];
    if (secret !== undefined) head.push(`authorization: Bearer ${secret}`);
    client.write(`${head.join('\r\n')}\r\n\r\n`);
    await until(
      () => Promise.resolve(stream.made),
      (count) => count > 0,
    );
  };

  async function* withoutEnd(
    state: typeof stream,
    everyMs: number,
    gone: AbortSignal,
  ): AsyncGenerator<string, void, undefined> {
    try {
      while (!gone.aborted) {
        yield EVENT;
        state.made++;
        await pause(everyMs);
      }
    } finally {
      state.hasEnded = true;
    }
  }

  const ended = () =>
    until(
      () => Promise.resolve(stream.hasEnded),
      (has) => has,
    );

  const hungUp = () =>
    until(
      () => Promise.resolve(client.destroyed),
      (is) => is,
    );

  /** Waits until no more events are made. @returns how many there are. */
  async function atRest(): Promise<number> {
    let before = -1;
    while (before !== stream.made) {
      before = stream.made;
      await pause(200);
    }
    return stream.made;
  }

  it('makes no more events than the client takes', async () => {
    await open(0);
    const unread = await atRest();
    client.resume();
    await until(
      () => Promise.resolve(stream.made),
      (count) => count > unread * 2,
    );
    client.pause();
    await atRest();
    expect(stream.hasEnded).toBe(false);
  });

  it('ends when the client takes nothing for too long', async () => {
    await open(0, { stalledMs: 300 });
    await ended();
    client.resume();
    await hungUp();
  });

  it('ends with its client', async () => {
    await open(10);
    client.destroy();
    await ended();
  });

  it('ends when its key is revoked, the last one too', async () => {
    const { record, secret } = await keys.create(admin, { name: 'a key', tenantId: 'acme' });
    await open(10, { keyAskedMs: 20 }, secret);
    client.resume();
    const before = stream.made;
    await until(
      () => Promise.resolve(stream.made),
      (count) => count > before + 20,
    );
    expect(stream.hasEnded).toBe(false);
    await keys.revoke(admin, record.id);
    await ended();
    await hungUp();
  });
});
