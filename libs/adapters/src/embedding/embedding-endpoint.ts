import { setTimeout as sleep } from 'node:timers/promises';
import { HeadroomError } from '#libs/kernel';
import type { EmbedOptions } from '#libs/memory';
import { Agent, request } from 'undici';
import { retryAfterMs } from '../local-models/hub-file.js';

export interface EndpointOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What to do about a refusal with this status, as a sentence. */
  readonly remedyFor?: ((status: number) => string | undefined) | undefined;
  /** How long one attempt may take; default 30,000. */
  readonly deadlineMs?: number | undefined;
  /** The pause before the second attempt, doubled for each further one; default 250. */
  readonly backOffMs?: number | undefined;
  readonly attempts?: number | undefined;
}

const DEADLINE_MS = 30_000;
const BACK_OFF_MS = 250;
const ATTEMPTS = 3;
/** A service that wants to be left alone for longer is not waited for: the caller is told instead. */
const LONGEST_WAIT_MS = 10_000;
/** Requests at a time. Queries have connections of their own, so that none waits behind a backlog. */
const QUERY_CONNECTIONS = 8;
const BACKGROUND_CONNECTIONS = 2;

/** An answer that another attempt cannot mend. */
export class RefusedError extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}

/**
 * Posts JSON to an embedding service. Overload (429), server faults, resets, garbage and silence are retried with
 * growing pauses, or after the time that the service asks for. undici's RetryAgent is not used here: it takes 200 with
 * garbage for success, asks for the rest of a broken answer, and does not hear a signal between two attempts.
 */
export class EmbeddingEndpoint {
  readonly #queries = new Agent({ connections: QUERY_CONNECTIONS });
  readonly #background = new Agent({ connections: BACKGROUND_CONNECTIONS });
  #restsUntil = 0;

  constructor(private readonly options: EndpointOptions) {}

  /**
   * @throws HeadroomError `unavailable` without the service's body: it may repeat the texts. Its cause is a
   * {@link RefusedError} for an answer that is final; `retry_after_ms` where the service asked for a pause.
   */
  async post(body: unknown, { signal, isBackground = false }: EmbedOptions = {}): Promise<unknown> {
    const { attempts = ATTEMPTS, backOffMs = BACK_OFF_MS } = this.options;
    const rest = this.#restsUntil - performance.now();
    if (rest > 0) throw this.#failure(new Error('it asked for a pause'), rest);
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(body, isBackground ? this.#background : this.#queries, signal);
      if ('answer' in outcome) return outcome.answer;
      const { error, retryAfterMs: asked } = outcome;
      const wait = asked ?? backOffMs * 2 ** (attempt - 1);
      const isFinal = attempt >= attempts || error instanceof RefusedError || signal?.aborted === true;
      if (isFinal || wait > LONGEST_WAIT_MS) {
        if (asked !== undefined) this.#restsUntil = performance.now() + asked;
        throw this.#failure(error, asked);
      }
      await sleep(wait, undefined, { ref: false, ...(signal && { signal }) }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#queries.destroy(), this.#background.destroy()]);
  }

  async #attempt(body: unknown, dispatcher: Agent, signal?: AbortSignal): Promise<Attempt> {
    const deadline = AbortSignal.timeout(this.options.deadlineMs ?? DEADLINE_MS);
    try {
      const {
        statusCode: status,
        headers,
        body: answer,
      } = await request(this.options.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...this.options.headers },
        body: JSON.stringify(body),
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
        dispatcher,
      });
      if (status >= 200 && status <= 299) return { answer: await answer.json() };
      await answer.dump();
      const isPassing = status === 429 || status === 408 || status >= 500;
      if (!isPassing) return { error: new RefusedError(status) };
      const error = new Error(`HTTP ${status}`);
      return { error, retryAfterMs: retryAfterMs(headers['retry-after']) };
    } catch (error) {
      return { error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  #failure(error: Error, askedMs: number | undefined): HeadroomError {
    const { origin } = new URL(this.options.url);
    const status = error instanceof RefusedError ? error.status : undefined;
    const remedy = status === undefined ? undefined : this.options.remedyFor?.(status);
    const message =
      status === undefined
        ? `The embedding service at ${origin} does not answer: ${reasonOf(error)}. Check that it runs and can be reached.`
        : `The embedding service at ${origin} refuses with HTTP ${status}.${remedy === undefined ? '' : ` ${remedy}`}`;
    const details = askedMs === undefined ? {} : { retry_after_ms: askedMs };
    return new HeadroomError('unavailable', message, details, { cause: error });
  }
}

type Attempt =
  { readonly answer: unknown } | { readonly error: Error; readonly retryAfterMs?: number | undefined };

/** The system's own word, such as `ECONNREFUSED`, says most. */
function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
