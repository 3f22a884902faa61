import type { Caller, Clock, Ids } from '#libs/kernel';
import type { OutputObservation } from '#libs/learning';
import type { ModelRegistry } from '#libs/tokens';
import type { RequestRecord, WasteTokens } from '#libs/usage';

/** Where handled requests are counted; `UsageRecorder` of the usage lib is one. */
export interface UsageLog {
  record(caller: Caller, record: RequestRecord): void;
}

/** Where it is learned how a tool's outputs compress; `ToolLearning` of the learning lib is one. */
export interface CompressionLearner {
  recordOutputs(caller: Caller, outputs: readonly OutputObservation[]): void;
}

/** A request that made messages smaller. */
export interface CompressionEvent {
  /** `compress` or `context`. */
  readonly operation: string;
  readonly startedAt: Date;
  readonly mode: string;
  readonly model?: string | undefined;
  readonly userId?: string | undefined;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly transforms: readonly string[];
  /** What the outputs that it met can teach. */
  readonly observations: readonly OutputObservation[];
  readonly waste?: WasteTokens | undefined;
  readonly failed?: boolean | undefined;
}

/** Writes down what compression saved, and what it teaches about the tools whose outputs it met. */
export class CompressionJournal {
  constructor(
    private readonly usage: UsageLog,
    private readonly learner: CompressionLearner,
    private readonly models: ModelRegistry,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  write(caller: Caller, event: CompressionEvent): void {
    this.usage.record(caller, this.recordOf(event));
    this.learner.recordOutputs(caller, event.observations);
  }

  private recordOf(event: CompressionEvent): RequestRecord {
    const { provider, pricing } = this.models.describe(event.model);
    const elapsedMs = this.clock.now().getTime() - event.startedAt.getTime();
    const saved = Math.max(0, event.tokensBefore - event.tokensAfter);
    return {
      id: this.ids.next('req'),
      at: event.startedAt,
      userId: event.userId,
      operation: event.operation,
      provider,
      model: event.model,
      mode: event.mode,
      tokensBefore: event.tokensBefore,
      tokensAfter: event.tokensAfter,
      outputTokens: 0,
      savedUsd: (saved * (pricing?.inputPerMillion ?? 0)) / 1e6,
      costUsd: 0,
      overheadMs: elapsedMs,
      latencyMs: elapsedMs,
      transforms: event.transforms,
      failed: event.failed ?? false,
      waste: event.waste,
    };
  }
}
