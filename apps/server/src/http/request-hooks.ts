import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiKeys } from '#libs/access';
import { type Log, type Metrics, runWithRequestId } from '#libs/platform';
import { authenticate } from './authentication.js';
import { knownCaller, rememberCaller } from './current-caller.js';
import { routeOptions } from './route-options.js';

/** What every request passes, before its body is read: its id, then who sent it; after its answer: one log line, one observation. */
export function registerRequestHooks(
  server: FastifyInstance,
  keys: ApiKeys,
  log: Log,
  metrics: Metrics,
): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    runWithRequestId(request.id, done);
  });
  server.addHook('onRequest', async (request) => {
    if (request.is404 || routeOptions(request).open) return;
    rememberCaller(request, await authenticate(keys, request));
  });
  server.addHook('onResponse', (request, reply, done) => {
    logRequest(log, request, reply);
    metrics.observeAnswer({
      method: request.method,
      route: routeOf(request),
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
    done();
  });
}

function logRequest(log: Log, request: FastifyRequest, reply: FastifyReply): void {
  const caller = knownCaller(request);
  const fields = {
    request_id: request.id,
    method: request.method,
    route: routeOf(request),
    status: reply.statusCode,
    tenant: caller?.tenantId,
    key_id: caller?.keyId,
    bytes_in: sizeOf(request.headers['content-length']),
    bytes_out: sizeOf(reply.getHeader('content-length')),
    ms: Math.round(reply.elapsedTime * 100) / 100,
  };
  if (routeOptions(request).open) log.debug(fields, 'request');
  else log.info(fields, 'request');
}

/** The pattern, not the address: ids that clients made up stay out of logs and metrics. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none';
}

function sizeOf(contentLength: unknown): number | undefined {
  const size = Number(contentLength);
  return contentLength === undefined || Number.isNaN(size) ? undefined : size;
}
