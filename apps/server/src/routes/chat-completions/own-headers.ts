import type { FastifyRequest } from 'fastify';
import { HeadroomError, isScopeId, type Fault, type Scope, invalid } from '#libs/kernel';
import { TURN_MODES, type TurnMode } from '#libs/chat';

/** The headers that tell a provider route whose memory takes part. */
const SCOPE_HEADERS = {
  userId: 'x-headroom-user-id',
  sessionId: 'x-headroom-session-id',
  agentId: 'x-headroom-agent-id',
  turnId: 'x-headroom-turn-id',
} as const;

/** Memory is on exactly when a user is named. @throws HeadroomError `validation_error` for ids that cannot be one. */
export function scopeOf(request: FastifyRequest): Scope | undefined {
  const ids = Object.entries(SCOPE_HEADERS).map(([field, header]) => ({
    field,
    header,
    id: headerText(request, header),
  }));
  const faults = ids
    .filter(({ id }) => id !== undefined && !isScopeId(id))
    .map(({ header }): Fault => ({
      path: header,
      message: 'must be 1 to 512 well-formed characters without NUL',
    }));
  if (faults.length > 0) throw invalid(faults);
  const { userId, ...narrower } = Object.fromEntries(ids.map(({ field, id }) => [field, id]));
  return userId === undefined ? undefined : { userId, ...narrower };
}

/** Whose prompts are to keep their beginning; unlike a memory's scope it needs no user. */
export function sessionOf(request: FastifyRequest): string | undefined {
  return headerText(request, SCOPE_HEADERS.sessionId);
}

/** `x-headroom-bypass` wins over `x-headroom-mode`, which wins over the configured mode. */
export function modeOf(request: FastifyRequest, configured: TurnMode): TurnMode {
  if (headerText(request, 'x-headroom-bypass')?.toLowerCase() === 'true') return 'passthrough';
  const asked = headerText(request, 'x-headroom-mode')?.toLowerCase();
  return TURN_MODES.find((mode) => mode === asked) ?? configured;
}

/** `x-headroom-memory-tools: on | off` for one request; anything else is as configured. */
export function memoryToolsOf(request: FastifyRequest, configured: boolean): boolean {
  const asked = headerText(request, 'x-headroom-memory-tools')?.trim().toLowerCase();
  return asked === 'on' || (asked !== 'off' && configured);
}

/** `x-headroom-base-url`: the caller chooses the provider. @throws HeadroomError `validation_error`. */
export function baseUrlOf(request: FastifyRequest): string | undefined {
  const text = headerText(request, 'x-headroom-base-url');
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === undefined || !isHttp || url.username !== '' || url.password !== '' || isMetadataAddress(url)) {
    throw new HeadroomError(
      'validation_error',
      'x-headroom-base-url must be the http or https address of a model provider, without credentials.',
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(/\/v1$/, '');
}

/** Link-local addresses serve a cloud machine's own credentials and never a model. */
function isMetadataAddress({ hostname }: URL): boolean {
  return /^(169\.254\.|\[fe[89ab][0-9a-f]:|\[::ffff:a9fe:|metadata\.google\.internal$)/i.test(hostname);
}

/** Node reads header bytes as Latin-1; clients that send UTF-8 mean UTF-8. */
function headerText(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  const text = Array.isArray(value) ? value[0] : value;
  if (text === undefined || text === '') return undefined;
  const decoded = Buffer.from(text, 'latin1').toString('utf8');
  return decoded.includes('\uFFFD') ? text : decoded;
}
