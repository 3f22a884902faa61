import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest, RouteOptions as FastifyRoute } from 'fastify';
import { routeOptions, type RouteOptions } from './route-options.js';

const bodies = new WeakMap<FastifyRequest, Readable>();

/** Sets the body of a streaming route aside, unread and without a limit, before a parser would gather it. */
export function registerStreamedBodies(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if (isStreamed(route)) route.bodyLimit = Number.MAX_SAFE_INTEGER;
  });
  server.addHook('preParsing', (request, _reply, payload, done) => {
    if (routeOptions(request).body !== 'stream') {
      done(null, payload);
      return;
    }
    bodies.set(request, payload);
    // Fastify compares what it has read with what was announced.
    const announced = Number(request.headers['content-length'] ?? 0);
    done(null, Object.assign(Readable.from([]), { receivedEncodedLength: announced }));
  });
}

/** The body of a streaming route; an empty one where none was sent. */
export function streamedBodyOf(request: FastifyRequest): Readable {
  return bodies.get(request) ?? Readable.from([]);
}

function isStreamed({ config }: FastifyRoute): boolean {
  const options: Partial<RouteOptions> | undefined = config;
  return options?.body === 'stream';
}
