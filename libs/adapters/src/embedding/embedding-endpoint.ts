import { setTimeout as sleep } from 'node:timers/promises';
import { HeadroomError } from '#libs/kernel';
import { fetch } from 'undici';

export interface EndpointOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How long one attempt may take; default 30,000. */
  readonly deadlineMs?: number | undefined;
  /** The pause before the second attempt, doubled for each further one; default 250. */
  readonly backOffMs?: number | undefined;
  readonly attempts?: number | undefined;
}

const DEADLINE_MS = 30_000;
const BACK_OFF_MS = 250;
const ATTEMPTS = 3;
const LONGEST_WAIT_MS = 10_000;

/** Thrown for an answer that another attempt cannot mend. */
class RefusedError extends Error {}

/**
 * Posts JSON to an embedding service. Overload (429), server faults, resets and silence are retried with growing
 * pauses, or after the time that the service asks for.
 * @throws HeadroomError `unavailable` without the service's body: it may repeat the texts.
 */
export async function postForVectors(
  options: EndpointOptions,
  body: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  const { attempts = ATTEMPTS, backOffMs = BACK_OFF_MS } = options;
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptPost(options, body, signal);
    if ('answer' in outcome) return outcome.answer;
    const { error, retryAfterMs } = outcome;
    if (attempt >= attempts || error instanceof RefusedError || signal?.aborted === true) {
      throw new HeadroomError(
        'unavailable',
        `The embedding service does not answer: ${error.message}`,
        {},
        { cause: error },
      );
    }
    const wait = Math.min(LONGEST_WAIT_MS, retryAfterMs ?? backOffMs * 2 ** (attempt - 1));
    await sleep(wait, undefined, { ref: false, ...(signal && { signal }) }).catch(() => undefined);
  }
}

type Attempt =
  { readonly answer: unknown } | { readonly error: Error; readonly retryAfterMs?: number | undefined };

async function attemptPost(options: EndpointOptions, body: unknown, signal?: AbortSignal): Promise<Attempt> {
  const deadline = AbortSignal.timeout(options.deadlineMs ?? DEADLINE_MS);
  try {
    const response = await fetch(options.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...options.headers },
      body: JSON.stringify(body),
      signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
    });
    if (response.ok) return { answer: await response.json() };
    await response.body?.cancel();
    const message = `HTTP ${response.status}`;
    const isPassing = response.status === 429 || response.status === 408 || response.status >= 500;
    if (!isPassing) return { error: new RefusedError(message) };
    return { error: new Error(message), retryAfterMs: retryAfter(response.headers.get('retry-after')) };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function retryAfter(header: string | null): number | undefined {
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}

/** Runs `embed` over the texts in batches, one after the other, and joins what comes back. */
export async function inBatches(
  texts: readonly string[],
  size: number,
  embed: (batch: readonly string[]) => Promise<readonly Float32Array[]>,
): Promise<readonly Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let start = 0; start < texts.length; start += size) {
    vectors.push(...(await embed(texts.slice(start, start + size))));
  }
  return vectors;
}
