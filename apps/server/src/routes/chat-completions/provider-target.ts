import type { FastifyRequest } from 'fastify';
import { withoutHopByHop } from '#libs/adapters';
import type { ProviderHeaders } from '#libs/chat';
import type { ProviderConfig } from '../../config/server-config.js';
import { credentialHeadersOf } from '../../http/current-caller.js';
import { baseUrlOf } from './own-headers.js';

/** Where a request goes, and with which headers. */
export interface ProviderTarget {
  readonly url: string;
  readonly headers: ProviderHeaders;
}

/** How a provider takes its key. */
export type KeyHeader = (key: string) => Readonly<Record<string, string>>;

export const bearerKey: KeyHeader = (key) => ({ authorization: `Bearer ${key}` });

const CREDENTIAL_HEADERS = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key'] as const;

/**
 * The client's request as the provider gets it: this service's headers and key left out, a configured key put in.
 * A configured key only ever goes to the configured address, never to one that a caller names.
 */
export function providerTarget(
  request: FastifyRequest,
  provider: ProviderConfig,
  keyHeader: KeyHeader = bearerKey,
): ProviderTarget {
  const chosen = baseUrlOf(request);
  const headers = endToEndHeaders(request);
  return {
    url: `${chosen ?? provider.baseUrl}${request.raw.url ?? request.url}`,
    headers:
      chosen !== undefined || provider.apiKey === undefined
        ? headers
        : { ...withoutCredentials(headers), ...keyHeader(provider.apiKey) },
  };
}

function endToEndHeaders(request: FastifyRequest): ProviderHeaders {
  const own = credentialHeadersOf(request);
  return Object.fromEntries(
    Object.entries(withoutHopByHop(request.headers)).filter(
      ([name]) => !name.startsWith('x-headroom-') && !own.includes(name),
    ),
  );
}

function withoutCredentials(headers: ProviderHeaders): ProviderHeaders {
  const isCredential = (name: string): boolean => CREDENTIAL_HEADERS.some((each) => each === name);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isCredential(name)));
}
