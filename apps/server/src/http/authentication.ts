import type { FastifyRequest } from 'fastify';
import { API_KEY_PREFIX, type ApiKeys } from '#libs/access';
import { HeadroomError } from '#libs/kernel';
import type { Authenticated } from './current-caller.js';
import { routeOptions } from './route-options.js';

interface Credential {
  readonly header: string;
  readonly secret: string;
}

/** Headers that can only carry a key of this service. */
const OWN_HEADERS = ['x-headroom-api-key', 'x-headroom-proxy-token'] as const;
/** Headers that clients of a provider put its key in; ours may take that place. */
const PROVIDER_HEADERS = ['x-api-key', 'x-goog-api-key', 'api-key'] as const;

/** Finds out who calls. @throws HeadroomError `unauthorized` for no or an unknown key where one is needed. */
export async function authenticate(keys: ApiKeys, request: FastifyRequest): Promise<Authenticated> {
  const anonymous = await keys.anonymousCaller();
  const credentials = credentialsOf(keys, request);
  const credentialHeaders = credentials.map(({ header }) => header);
  if (anonymous !== null) return { caller: anonymous, credentialHeaders };
  const [credential] = credentials;
  if (credential === undefined) {
    throw new HeadroomError(
      'unauthorized',
      'An API key is needed: send it as `Authorization: Bearer hr_…` or in `x-headroom-api-key`.',
    );
  }
  const caller = await keys.authenticate(credential.secret);
  if (caller === null) throw new HeadroomError('unauthorized', 'This API key is unknown or has expired.');
  return { caller, credentialHeaders };
}

/** Every key of ours in the request, since clients may send it in several headers; the first one counts. */
function credentialsOf(keys: ApiKeys, request: FastifyRequest): readonly Credential[] {
  const inHeader = (header: string): { header: string; secret: string | undefined } => ({
    header,
    secret: headerText(request, header),
  });
  const bearer = { header: 'authorization', secret: bearerToken(headerText(request, 'authorization')) };
  const others = routeOptions(request).provider
    ? [bearer, ...PROVIDER_HEADERS.map(inHeader)].filter(({ secret }) => isOurs(keys, secret))
    : [bearer];
  return [...OWN_HEADERS.map(inHeader), ...others].filter(
    (credential): credential is Credential => credential.secret !== undefined,
  );
}

/** Whether a key on a provider's route is meant for us and not for the provider. */
function isOurs(keys: ApiKeys, secret: string | undefined): boolean {
  return secret !== undefined && (secret.startsWith(API_KEY_PREFIX) || keys.isBootstrapKey(secret));
}

function bearerToken(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : /^Bearer +(\S+)\s*$/i.exec(authorization)?.[1];
}

function headerText(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  const text = Array.isArray(value) ? value[0] : value;
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}
