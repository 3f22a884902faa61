import type { Clock, Ids } from '#libs/kernel';
import type { RequestRecord } from '#libs/usage';
import type { ProviderUsage } from './called-tool.js';
import type { ProviderDialect } from './provider-dialect.js';
import type { TurnMode, TurnPrices } from './turn-contract.js';

/** What a turn came to, gathered while it runs. */
export interface TurnFacts {
  readonly mode: TurnMode;
  readonly model?: string | undefined;
  readonly userId?: string | undefined;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly transforms: readonly string[];
  readonly waste?: RequestRecord['waste'];
}

/** Milliseconds on a clock that only goes forward. */
export type Stopwatch = () => number;

/** Tells our own time from the time spent waiting for the provider and the client. */
export class TurnTimer {
  private readonly startedAt: number;
  private waited = 0;
  private waitingSince: number | undefined;

  constructor(private readonly stopwatch: Stopwatch) {
    this.startedAt = stopwatch();
  }

  startWaiting(): void {
    this.waitingSince ??= this.stopwatch();
  }

  stopWaiting(): void {
    if (this.waitingSince === undefined) return;
    this.waited += this.stopwatch() - this.waitingSince;
    this.waitingSince = undefined;
  }

  async waitFor<T>(work: Promise<T>): Promise<T> {
    this.startWaiting();
    try {
      return await work;
    } finally {
      this.stopWaiting();
    }
  }

  times(): { readonly overheadMs: number; readonly latencyMs: number } {
    this.stopWaiting();
    const latencyMs = this.stopwatch() - this.startedAt;
    return { overheadMs: Math.max(0, latencyMs - this.waited), latencyMs };
  }
}

/** Turns facts, times and the provider's usage into the record that is kept. */
export class TurnRecords {
  constructor(
    private readonly dialect: ProviderDialect,
    private readonly prices: TurnPrices,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  of(facts: TurnFacts, timer: TurnTimer, usage: ProviderUsage | undefined, failed: boolean): RequestRecord {
    const { input, output = 0 } = this.dialect.tokensOf(usage);
    const pricing = this.prices.describe(facts.model).pricing;
    const price = (tokens: number, perMillion = 0): number => (tokens * perMillion) / 1_000_000;
    return {
      id: this.ids.next('req'),
      at: this.clock.now(),
      userId: facts.userId,
      operation: this.dialect.operation,
      provider: this.dialect.provider,
      model: facts.model,
      mode: facts.mode,
      tokensBefore: facts.tokensBefore,
      tokensAfter: facts.tokensAfter,
      outputTokens: output,
      savedUsd: price(facts.tokensBefore - facts.tokensAfter, pricing?.inputPerMillion),
      costUsd:
        price(input ?? facts.tokensAfter, pricing?.inputPerMillion) +
        price(output, pricing?.outputPerMillion),
      ...timer.times(),
      transforms: facts.transforms,
      waste: facts.waste,
      failed,
    };
  }
}
