import type { FastifyRequest } from 'fastify';
import type { ServerConfig } from '../../config/server-config.js';
import { modeOf, scopeOf } from '../chat-completions/own-headers.js';
import type { CompressCircumstances } from './compress.mapper.js';

/** Whose prompt it is and how much is to be done to it, from the headers that all routes share. */
export function circumstancesOf(
  request: FastifyRequest,
  configured: ServerConfig['mode'],
): CompressCircumstances {
  return {
    userId: scopeOf(request)?.userId,
    mode: modeOf(request, configured),
    bypass: request.headers['x-headroom-bypass']?.toString().toLowerCase() === 'true',
  };
}
