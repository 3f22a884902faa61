import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/** In whose shape a route answers its errors: this service's, the wire contract's, or a model provider's. */
export type ErrorShape = 'problem' | 'wire' | 'openai' | 'anthropic' | 'gemini';

/** What the HTTP layer must know of a route before its handler runs. */
export interface RouteOptions {
  readonly errors: ErrorShape;
  /** Answers without a key. */
  readonly open: boolean;
  /** The `Authorization` header belongs to the provider unless it carries one of our keys. */
  readonly provider: boolean;
  /**
   * `raw`: the body arrives as a `Buffer` of exactly the bytes sent, whatever its content type; `stream`: it arrives
   * unread, as a stream of any length.
   */
  readonly body: 'json' | 'raw' | 'stream';
  /** Whether `Idempotency-Key` is honoured on a POST; not where the answer must not be kept. */
  readonly replayable: boolean;
  /**
   * A POST that knows a repetition by itself, in the transaction that does its work: under a key whose first request was
   * cut off it is done at once.
   */
  readonly knowsRepetition: boolean;
}

const DEFAULTS: RouteOptions = {
  errors: 'problem',
  open: false,
  provider: false,
  body: 'json',
  replayable: true,
  knowsRepetition: false,
};

/** A route that answers without a key, such as `/livez`. */
export const OpenRoute = (): MethodDecorator => RouteConfig({ ...DEFAULTS, open: true });

/** A route of the wire contract: tolerant of unknown fields, faults are `invalid_request` beside a plain `detail`. */
export const WireRoute = (): MethodDecorator => RouteConfig({ ...DEFAULTS, errors: 'wire' });

/** A provider's own route: raw body, the provider's error shape, and its key in `Authorization`. */
export const ProviderRoute = (errors: 'openai' | 'anthropic' | 'gemini'): MethodDecorator =>
  RouteConfig({ ...DEFAULTS, errors, provider: true, body: 'raw' });

/** A route that keeps a JSON body's own text; `@Body()` goes through an `ExactBodyPipe`. */
export const ExactJsonRoute = (): MethodDecorator => RouteConfig({ ...DEFAULTS, body: 'raw' });

/** The same for a route of the wire contract. */
export const ExactWireRoute = (): MethodDecorator =>
  RouteConfig({ ...DEFAULTS, errors: 'wire', body: 'raw' });

/** The same as `ExactJsonRoute` for a POST that keeps its `Idempotency-Key` with what it writes. */
export const ExactAppendRoute = (): MethodDecorator =>
  RouteConfig({ ...DEFAULTS, body: 'raw', knowsRepetition: true });

/** A POST with a JSON body that keeps its `Idempotency-Key` with what it writes. */
export const RepeatableRoute = (): MethodDecorator => RouteConfig({ ...DEFAULTS, knowsRepetition: true });

/** A POST that reads its body while it arrives. Its answer is never replayed: the whole body would have to be kept. */
export const StreamedRoute = (): MethodDecorator =>
  RouteConfig({ ...DEFAULTS, body: 'stream', replayable: false });

/** A POST whose answer holds a secret, which is never stored, not even for a replay. */
export const SecretRoute = (): MethodDecorator => RouteConfig({ ...DEFAULTS, replayable: false });

/** The options of the route that a request met; the defaults where it met none. */
export function routeOptions(request: FastifyRequest): RouteOptions {
  // Nest's adapter puts the decorator's value among Fastify's own route options.
  // A request that met no route has none.
  const options = request.routeOptions as FastifyRequest['routeOptions'] | undefined;
  return { ...DEFAULTS, ...(options?.config as Partial<RouteOptions> | undefined) };
}
