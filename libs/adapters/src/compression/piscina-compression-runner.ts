import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import {
  compressMessages,
  CompressionRunner,
  DEFAULT_COMPRESSION_CONFIG,
  missingCharacters,
  type CompressionOutcome,
  type CompressionRequest,
  type CompressionTools,
  type RunOptions,
} from '#libs/compression';
import { loadTokenCounter } from '#libs/tokens';
import type { WorkerAnswer } from './compression.worker.js';
import { LruMessageCache } from './lru-message-cache.js';
import { openTools, type ToolSettings } from './open-tools.js';
import { unchangedOutcome } from './unchanged-outcome.js';

/** Smaller requests are done on the spot: in about 10 ms, the costliest kinds (code, prose) in twice as much. */
const INLINE_CHARACTERS = 16 * 1024;
/** Up to this size a request would wait longer for a worker to start or to become free than it takes by itself. */
const WORTH_A_WAIT_CHARACTERS = 64 * 1024;
const CACHE_CHARACTERS = 16 * 1024 * 1024;
/** Idle workers end, and with them their memory; in a conversation that goes on the next turn finds one warm. */
const IDLE_MS = 60_000;
/** What a timer can hold; a client may name any deadline. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** One large request must not hold up all others, even where there are few cores. */
const LEAST_THREADS = 2;
const MOST_THREADS = 4;
/**
 * A worker is ended this long after the deadline that it watches itself: it still counts the tokens of what it gave
 * up, which would otherwise be done on the event loop.
 */
const GRACE_MS = 250;
const CHARACTERS_COUNTED_PER_MS = 5000;
const LONGEST_GRACE_MS = 5000;

/** A worker that needs more ends alone, and its request goes on as it was; 50 MB of JSON take about half of it. */
const WORKER_HEAP_MEGABYTES = 2048;

/** Built, the entry is JavaScript; under a TypeScript runner the worker needs that runner too. */
const IS_SOURCE = import.meta.url.endsWith('.ts');
const WORKER = fileURLToPath(new URL(`./compression.worker.${IS_SOURCE ? 'ts' : 'js'}`, import.meta.url));
const SOURCE_ARGUMENTS = ['--import', 'tsx', '--conditions=source'];

/**
 * Compresses on the spot what is small or was seen before, and everything else on worker threads that start with the
 * first large request; what lies between goes to a worker that has nothing to do. On a deadline or an abort the worker
 * is ended and the request comes back unchanged.
 */
export class PiscinaCompressionRunner extends CompressionRunner {
  private readonly cache = new LruMessageCache(CACHE_CHARACTERS);
  private readonly tools: CompressionTools;
  private pool: Promise<Piscina<CompressionRequest, WorkerAnswer>> | undefined;
  /** The pool once it is open. */
  private opened: Piscina<CompressionRequest, WorkerAnswer> | undefined;
  private running = 0;

  constructor(private readonly settings: ToolSettings = {}) {
    super();
    this.tools = openTools(settings);
  }

  async run(request: CompressionRequest, options: RunOptions = {}): Promise<CompressionOutcome> {
    if (options.signal?.aborted === true) return unchangedOutcome(request, 'deadline');
    const counter = await loadTokenCounter(request.model);
    const missing = missingCharacters(request, counter, this.cache);
    if (missing <= INLINE_CHARACTERS || (missing <= WORTH_A_WAIT_CHARACTERS && !this.hasFreeWorker())) {
      return await compressMessages(request, counter, {
        now: () => performance.now(),
        signal: options.signal,
        cache: this.cache,
        tools: this.tools,
      });
    }
    try {
      return await this.runOnWorker(request, graceFor(missing), options);
    } catch (error) {
      // An ended worker, or a request that cannot be copied into one: the caller goes on with what it sent.
      return unchangedOutcome(request, isAbort(error) ? 'deadline' : 'failed');
    }
  }

  /** Waits for what runs, then ends the workers. */
  async close(): Promise<void> {
    const pool = await this.pool;
    this.pool = undefined;
    this.opened = undefined;
    await pool?.close();
  }

  private async runOnWorker(
    request: CompressionRequest,
    graceMs: number,
    { signal }: RunOptions,
  ): Promise<CompressionOutcome> {
    const deadlineMs = request.config?.deadlineMs ?? DEFAULT_COMPRESSION_CONFIG.deadlineMs;
    const deadline = AbortSignal.timeout(Math.min(deadlineMs + graceMs, LONGEST_TIMER_MS));
    const answer = await this.askWorker(request, signal ? AbortSignal.any([signal, deadline]) : deadline);
    for (const [key, result] of answer.results) this.cache.set(key, result);
    const messages = request.messages.map((message, index) => answer.replacements[index] ?? message);
    return { messages, ...answer.outcome };
  }

  private async askWorker(request: CompressionRequest, signal: AbortSignal): Promise<WorkerAnswer> {
    this.running += 1;
    try {
      this.pool ??= openPool(this.settings);
      this.opened = await this.pool;
      return await this.opened.run(request, { signal });
    } finally {
      this.running -= 1;
    }
  }

  private hasFreeWorker(): boolean {
    return this.opened !== undefined && this.running < this.opened.threads.length;
  }
}

function graceFor(characters: number): number {
  return Math.min(GRACE_MS + Math.ceil(characters / CHARACTERS_COUNTED_PER_MS), LONGEST_GRACE_MS);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

async function openPool(workerData: ToolSettings): Promise<Piscina<CompressionRequest, WorkerAnswer>> {
  const { Piscina } = await import('piscina');
  return new Piscina<CompressionRequest, WorkerAnswer>({
    filename: WORKER,
    minThreads: 0,
    maxThreads: Math.max(LEAST_THREADS, Math.min(MOST_THREADS, availableParallelism() - 1)),
    idleTimeout: IDLE_MS,
    concurrentTasksPerWorker: 1,
    execArgv: IS_SOURCE ? SOURCE_ARGUMENTS : [],
    recordTiming: false,
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MEGABYTES },
  });
}
