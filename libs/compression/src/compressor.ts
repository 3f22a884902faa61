import type { Caller } from '#libs/kernel';
import type { Durability, OriginalStore } from '#libs/ccr';
import type { LearnedSnapshot } from '#libs/learning';
import type { CompressionRunner, RunOptions } from './compression-runner.js';
import type { CompressionOutcome, CompressionRequest } from './contract.js';
import type { PinnedSession, SessionPins } from './session/session-pins.js';

/** What was learned of a tenant's tools; `ToolLearning` of the learning lib is one. */
export interface LearnedSource {
  snapshot(caller: Caller): Promise<LearnedSnapshot>;
}

/** How a compression runs, and when what it took out is on disk; default `now`. */
export interface CompressOptions extends RunOptions {
  readonly durability?: Durability | undefined;
}

/** Compresses and keeps what it took out: originals are durable before anybody sees a marker. */
export class Compressor {
  constructor(
    private readonly runner: CompressionRunner,
    private readonly originals: OriginalStore,
    private readonly pins?: SessionPins,
    private readonly learning?: LearnedSource,
  ) {}

  /** The same as {@link compress}; with a session, what it was given before it is given again, byte for byte. */
  async compressFor(
    caller: Caller,
    session: PinnedSession | undefined,
    request: CompressionRequest,
    options?: CompressOptions,
  ): Promise<CompressionOutcome> {
    if (session === undefined || this.pins === undefined)
      return await this.compress(caller, request, options);
    const pins = await this.pins.find(caller, session);
    const outcome = await this.compress(caller, { ...request, pins }, options);
    const { newPins } = outcome;
    if (newPins !== undefined && Object.keys(newPins).length > 0)
      await this.pins.add(caller, session, newPins);
    return outcome;
  }

  async compress(
    caller: Caller,
    request: CompressionRequest,
    { durability, ...options }: CompressOptions = {},
  ): Promise<CompressionOutcome> {
    const learned = await this.learning?.snapshot(caller);
    const outcome = await this.runner.run({ ...request, learned }, options);
    if (outcome.originals.length > 0) await this.originals.put(caller, outcome.originals, durability);
    return outcome;
  }
}
