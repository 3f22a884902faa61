import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '#libs/platform';
import { errorBody } from './error-body.js';
import { faultOf, type ReportedFault } from './fault.js';
import { routeOptions } from './route-options.js';

/** Answers every error, wherever it arose, in the shape of the route; what the client is not told is logged. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const fault = faultOf(error);
    if (request.raw.readableAborted) {
      this.log.info({ request_id: request.id }, 'a client went away before its request had arrived');
    } else if (fault.status >= 500) {
      this.log.error({ err: error, request_id: request.id, type: fault.code }, 'a request failed');
    }
    // Once a stream has begun there is no status left to set; ending it is all that can be done.
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    answer(request, reply, fault);
  }
}

/** Answers what the router refuses before it has met a route: an address it cannot decode, an id that is too long. */
export function answerUnroutable(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-request-id', request.id);
  answer(request, reply, faultOf(error));
}

function answer(request: FastifyRequest, reply: FastifyReply, fault: ReportedFault): void {
  const { contentType, body } = errorBody(routeOptions(request).errors, fault, request.id);
  if (fault.retryAfter !== undefined) void reply.header('retry-after', String(fault.retryAfter));
  if (fault.status === 401) void reply.header('www-authenticate', 'Bearer');
  if (fault.status === 413) readOn(request, reply);
  // Serialised here: Fastify knows no serializer for problem+json.
  void reply.status(fault.status).header('content-type', contentType).send(JSON.stringify(body));
}

/**
 * Fastify would close the connection under a client that still sends, which then sees a reset instead of the answer.
 * What is too large is read to its end and thrown away.
 */
function readOn(request: FastifyRequest, reply: FastifyReply): void {
  void reply.removeHeader('connection');
  request.raw.resume();
}
