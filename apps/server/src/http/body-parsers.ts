import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseJsonBody } from './json-body.js';
import { routeOptions } from './route-options.js';
import { streamedBodyOf } from './streamed-body.js';

/** Every body arrives as bytes; what becomes of them is the route's choice. */
export function registerBodyParsers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    done(null, readBody(request, body as Buffer, parseJsonBody));
  });
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    done(null, readBody(request, body as Buffer, refuse));
  });
}

function readBody(
  request: FastifyRequest,
  bytes: Buffer,
  read: (bytes: Buffer, type: string) => unknown,
): unknown {
  if (request.is404) return undefined;
  const type = (request.headers['content-type'] ?? '').toLowerCase();
  switch (routeOptions(request).body) {
    case 'raw':
      return bytes;
    case 'stream':
      return streamedBodyOf(request);
    case 'json':
      return type.includes('+json') ? parseJsonBody(bytes) : read(bytes, type);
  }
}

function refuse(bytes: Buffer, type: string): unknown {
  if (bytes.length === 0) return undefined;
  throw new UnsupportedMediaTypeException(
    type === ''
      ? 'The request does not say what its body is: send `content-type: application/json`.'
      : 'This content type is not accepted here: send application/json.',
  );
}
