import type { ProviderHeaders } from '#libs/chat';

/** Headers of one connection, not of the message. Source: RFC 9110 section 7.6.1; `content-length` is counted anew. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'expect',
  'content-length',
]);

/** The end-to-end headers; those that `connection` names go too. */
export function withoutHopByHop(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): ProviderHeaders {
  const named = new Set(
    [headers['connection'] ?? []]
      .flat()
      .flatMap((value) => value.split(','))
      .map((name) => name.trim().toLowerCase()),
  );
  const kept: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name) && !named.has(name)) kept[name] = value;
  }
  return kept;
}
