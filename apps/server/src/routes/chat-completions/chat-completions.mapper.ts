import type { FastifyRequest } from 'fastify';
import type { TurnRequest } from '#libs/chat';
import type { ServerConfig } from '../../config/server-config.js';
import { memoryToolsOf, modeOf, scopeOf, sessionOf } from './own-headers.js';
import { providerTarget } from './provider-target.js';

export function toTurnRequest(
  request: FastifyRequest,
  config: ServerConfig,
  signal: AbortSignal,
): TurnRequest {
  const { url, headers } = providerTarget(request, config.providers.openai);
  return {
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    url,
    headers,
    mode: modeOf(request, config.mode),
    scope: scopeOf(request),
    memoryTools: memoryToolsOf(request, config.memory.offersTools),
    sessionId: sessionOf(request),
    signal,
  };
}
