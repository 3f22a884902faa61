import type { IncomingMessage } from 'node:http';
import { v7 } from 'uuid';

const SANE = /^[\w.:@=+/-]{1,128}$/;

/** The caller's own `x-request-id` when it is short and printable, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : `req_${v7()}`;
}
