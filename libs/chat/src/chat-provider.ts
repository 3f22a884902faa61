/** Header names in lower case; a repeated header has a list of values. */
export type ProviderHeaders = Readonly<Record<string, string | readonly string[]>>;

/** One HTTP request to a model provider, with a body that is wholly known. */
export interface ProviderRequest {
  readonly method: string;
  /** Absolute, with its query. */
  readonly url: string;
  /** End-to-end headers only; `host` and `content-length` are the adapter's affair. */
  readonly headers: ProviderHeaders;
  readonly body: Uint8Array;
  /** Aborting ends the exchange at once, also in the middle of the answer. */
  readonly signal: AbortSignal;
  /** True when the answer will be read here: content encodings are then undone. */
  readonly readable: boolean;
}

/** What came back; the body arrives as the provider sends it. */
export interface ProviderResponse {
  readonly status: number;
  /** End-to-end headers only, without `content-length`. */
  readonly headers: ProviderHeaders;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Speaks HTTP with a model provider, whichever it is; what is said is a `ProviderDialect`'s affair. */
export abstract class ChatProvider {
  /**
   * @throws HeadroomError `provider_error` when there is no answer; `details.reason` is `timeout` or `unreachable`.
   * Reading the body may throw the same.
   */
  abstract send(request: ProviderRequest): Promise<ProviderResponse>;
}

/** The whole body as one buffer. */
export async function readWhole(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

export function isEventStream({ headers }: ProviderResponse): boolean {
  const type = headers['content-type'];
  const text = typeof type === 'string' ? type : (type?.[0] ?? '');
  return text.toLowerCase().startsWith('text/event-stream');
}
