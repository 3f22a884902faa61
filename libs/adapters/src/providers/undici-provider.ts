import type { Readable } from 'node:stream';
import { Agent, request as send } from 'undici';
import { ChatProvider, type ProviderHeaders, type ProviderRequest, type ProviderResponse } from '#libs/chat';
import { HeadroomError } from '#libs/kernel';
import { decoded } from './content-encoding.js';
import { withoutHopByHop } from './hop-by-hop.js';

export interface UndiciProviderOptions {
  /** Milliseconds until a connection must stand. */
  readonly connectTimeoutMs?: number | undefined;
  /** Milliseconds until the answer must begin; a model may think for long. */
  readonly headersTimeoutMs?: number | undefined;
  /** Milliseconds that a begun answer may pause. */
  readonly bodyTimeoutMs?: number | undefined;
}

/** The official clients give up after ten minutes; waiting longer serves nobody. */
const TEN_MINUTES = 600_000;
const TEN_SECONDS = 10_000;
/** Shorter than the idle limit of the load balancers in front of the providers, so that no dead connection is used. */
const IDLE_CONNECTION_MS = 30_000;

const TIMEOUTS: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

/** Reaches any provider over HTTP, on connections that are kept open. */
export class UndiciProvider extends ChatProvider {
  private readonly agent: Agent;

  constructor(options: UndiciProviderOptions = {}) {
    super();
    this.agent = new Agent({
      connect: { timeout: options.connectTimeoutMs ?? TEN_SECONDS },
      headersTimeout: options.headersTimeoutMs ?? TEN_MINUTES,
      bodyTimeout: options.bodyTimeoutMs ?? TEN_MINUTES,
      keepAliveTimeout: IDLE_CONNECTION_MS,
      keepAliveMaxTimeout: IDLE_CONNECTION_MS,
    });
  }

  async send(request: ProviderRequest): Promise<ProviderResponse> {
    const { method, url, headers, body, signal, readable } = request;
    try {
      const response = await send(url, {
        dispatcher: this.agent,
        method,
        headers: toUndici(readable ? { ...headers, 'accept-encoding': 'identity' } : headers),
        body: body.byteLength === 0 ? null : body,
        signal,
      });
      const answer = {
        status: response.statusCode,
        headers: withoutHopByHop(response.headers),
        body: readBody(response.body, url),
      };
      return readable ? { ...answer, ...decoded(answer) } : answer;
    } catch (error) {
      throw signal.aborted ? error : noAnswer(error, url);
    }
  }

  /** Ends idle connections at once and open exchanges after their end. */
  async close(): Promise<void> {
    await this.agent.close();
  }
}

function toUndici(headers: ProviderHeaders): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}

async function* readBody(body: Readable, url: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) yield piece as Uint8Array;
  } catch (error) {
    throw noAnswer(error, url);
  }
}

/** The address is told without its query, which may hold a key. */
function noAnswer(error: unknown, url: string): HeadroomError {
  const { origin } = new URL(url);
  const code = codeOf(error);
  if (TIMEOUTS.has(code)) {
    return new HeadroomError(
      'provider_error',
      `The model provider at ${origin} did not answer in time; try again later or with a shorter request.`,
      { reason: 'timeout', code },
      { cause: error },
    );
  }
  return new HeadroomError(
    'provider_error',
    `The model provider at ${origin} cannot be reached (${code}); check that it runs and that its base URL is right.`,
    { reason: 'unreachable', code },
    { cause: error },
  );
}

function codeOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return 'no answer';
}
