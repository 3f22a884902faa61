import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  Claim,
  IDEMPOTENCY_KEY_MAX_CHARACTERS,
  IDEMPOTENCY_RENEWAL_SECONDS,
  invalid,
  type IdempotencyStore,
} from '#libs/kernel';
import type { Log } from '#libs/platform';
import { actUnder, callerOf } from './current-caller.js';
import { parseJsonBody } from './json-body.js';
import { routeOptions } from './route-options.js';

/** A key that a request holds while it runs. */
interface HeldKey {
  readonly key: string;
  readonly claimId: string;
  /** Ends its signs of life. */
  readonly letGo: () => void;
}

/** What an answer says that was given before. */
export const REPLAYED = { 'idempotent-replayed': 'true' } as const;

/** What a replayed answer says beside its body. */
const KEPT_HEADERS = ['content-type', 'etag', 'location'] as const;

/**
 * `Idempotency-Key` on every POST but the providers' own: the first answer is kept for a day and given again to the
 * same request. Answers of 500 and more are not kept, so that a retry is a real one.
 */
export function registerIdempotency(server: FastifyInstance, store: IdempotencyStore, log: Log): void {
  const claims = new WeakMap<FastifyRequest, HeldKey>();

  server.addHook('preHandler', async (request, reply) => {
    const key = idempotencyKeyOf(request);
    if (key === undefined) return;
    const { knowsRepetition } = routeOptions(request);
    const caller = callerOf(request);
    const bodyHash = requestHash(request);
    const begun = await store.begin(caller, key, bodyHash, knowsRepetition);
    if (begun.outcome === 'started') {
      const { claimId } = begun;
      claims.set(request, { key, claimId, letGo: hold(() => store.renew(caller, key, claimId)) });
      actUnder(request, new Claim(key, bodyHash));
      return;
    }
    const { status, headers, body } = begun.answer;
    return reply
      .status(status)
      .headers({ ...headers, ...REPLAYED })
      .send(body);
  });

  server.addHook('onSend', async (request, reply, payload) => {
    const claim = claims.get(request);
    if (claim === undefined) return payload;
    claims.delete(request);
    claim.letGo();
    try {
      await settle(store, request, reply, claim, payload);
    } catch (error) {
      // The request itself is done; a repetition will meet the claim until its lease ends.
      log.warn({ err: error }, 'an idempotent answer could not be kept');
    }
    return payload;
  });
}

/** Renews a claim until it is let go; a server that died renews nothing. */
function hold(renew: () => Promise<void>): () => void {
  const renewals = setInterval(() => {
    // At worst the lease ends, and a repetition goes on from the steps that were done.
    renew().catch(() => undefined);
  }, IDEMPOTENCY_RENEWAL_SECONDS * 1000).unref();
  return () => {
    clearInterval(renewals);
  };
}

async function settle(
  store: IdempotencyStore,
  request: FastifyRequest,
  reply: FastifyReply,
  claim: HeldKey,
  payload: unknown,
): Promise<void> {
  const caller = callerOf(request);
  if (reply.statusCode >= 500 || (payload !== undefined && payload !== null && typeof payload !== 'string')) {
    await store.abandon(caller, claim.key, claim.claimId);
    return;
  }
  const headers = Object.fromEntries(
    KEPT_HEADERS.map((name) => [name, reply.getHeader(name)] as const).filter(
      (header): header is [(typeof KEPT_HEADERS)[number], string] => typeof header[1] === 'string',
    ),
  );
  const answer = { status: reply.statusCode, headers, body: payload ?? '' };
  // A successor's request names a memory, its answer whose it is.
  const userId = userIdOf(request.body) ?? userIdOf(Buffer.from(answer.body));
  await store.complete(caller, claim.key, claim.claimId, answer, userId);
}

/** @throws HeadroomError `validation_error` for a key that is empty or too long. */
function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const { provider, open, replayable } = routeOptions(request);
  if (request.method !== 'POST' || request.is404 || provider || open || !replayable) return undefined;
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') return undefined;
  if (key.length > 0 && key.length <= IDEMPOTENCY_KEY_MAX_CHARACTERS) return key;
  throw invalid([
    { path: 'Idempotency-Key', message: `must have 1 to ${IDEMPOTENCY_KEY_MAX_CHARACTERS} characters` },
  ]);
}

function requestHash(request: FastifyRequest): string {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(bodyText(request.body))
    .digest('hex');
}

function bodyText(body: unknown): string | Buffer {
  if (body === undefined) return '';
  if (Buffer.isBuffer(body)) return body;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function userIdOf(sent: unknown): string | undefined {
  const body = Buffer.isBuffer(sent) ? parsed(sent) : sent;
  if (typeof body !== 'object' || body === null || !('user_id' in body)) return undefined;
  return typeof body.user_id === 'string' ? body.user_id : undefined;
}

/** What is no JSON was refused, and names nobody. */
function parsed(bytes: Buffer): unknown {
  try {
    return parseJsonBody(bytes);
  } catch {
    return undefined;
  }
}
