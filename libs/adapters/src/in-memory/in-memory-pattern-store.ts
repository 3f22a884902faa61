import type { Caller, Clock } from '#libs/kernel';
import {
  learnFrom,
  MAX_PATTERNS,
  NOTHING_LEARNED,
  type LearnedContent,
  type LearnedElsewhere,
  type LearnedHere,
  type LearnedSnapshot,
  type Observation,
  PatternStore,
  pooledPatterns,
  type ToolPattern,
} from '#libs/learning';

interface Seen {
  readonly pattern: ToolPattern;
  readonly at: number;
}

interface Kept {
  own: Map<string, Seen>;
  readonly imported: Map<string, { readonly at: number; readonly patterns: readonly ToolPattern[] }>;
  source: string | undefined;
  snapshot: LearnedSnapshot;
}

export class InMemoryPatternStore extends PatternStore {
  readonly #tenants = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {
    super();
  }

  override async learn(caller: Caller, observations: readonly Observation[]): Promise<void> {
    await Promise.resolve();
    const kept = this.#keptFor(caller);
    const at = this.clock.now().getTime();
    for (const observation of observations) {
      const key = `${observation.signature} ${observation.toolName}`;
      kept.own.set(key, { at, pattern: learnFrom(kept.own.get(key)?.pattern, observation) });
    }
    const newest = [...kept.own].sort(([a, x], [b, y]) => y.at - x.at || (a < b ? -1 : 1));
    kept.own = new Map(newest.slice(0, MAX_PATTERNS));
  }

  override async list(caller: Caller, limit: number): Promise<readonly ToolPattern[]> {
    await Promise.resolve();
    const { own, imported } = this.#keptFor(caller);
    const all = [
      ...[...own.values()].map(({ pattern }) => pattern),
      ...[...imported.values()].flatMap(({ patterns }) => patterns),
    ];
    return pooledPatterns(all).slice(0, Math.max(0, limit));
  }

  override async learnedHere(caller: Caller, newSource: string): Promise<LearnedHere> {
    await Promise.resolve();
    const kept = this.#keptFor(caller);
    kept.source ??= newSource;
    return {
      source: kept.source,
      patterns: pooledPatterns([...kept.own.values()].map(({ pattern }) => pattern)),
    };
  }

  override async importFrom(caller: Caller, learned: LearnedElsewhere): Promise<boolean> {
    await Promise.resolve();
    const { imported, source } = this.#keptFor(caller);
    const at = Math.min(learned.exportedAt.getTime(), this.clock.now().getTime());
    const known = imported.get(learned.source);
    if (learned.source === source || (known !== undefined && known.at >= at)) return false;
    imported.set(learned.source, { at, patterns: learned.patterns.slice(0, MAX_PATTERNS) });
    this.#forgetImports(imported);
    return true;
  }

  override async snapshot(caller: Caller): Promise<LearnedSnapshot> {
    await Promise.resolve();
    return this.#keptFor(caller).snapshot;
  }

  override async publish(caller: Caller, { bySignature, byTool }: LearnedContent): Promise<LearnedSnapshot> {
    await Promise.resolve();
    const kept = this.#keptFor(caller);
    const { number, ...before } = kept.snapshot;
    const written = JSON.stringify({ bySignature, byTool });
    if (written !== JSON.stringify({ bySignature: before.bySignature, byTool: before.byTool }))
      kept.snapshot = { bySignature, byTool, number: number + 1 };
    return kept.snapshot;
  }

  /** The oldest imports go first. */
  #forgetImports(imported: Kept['imported']): void {
    let left = MAX_PATTERNS;
    for (const [source, { at, patterns }] of [...imported].sort(([, a], [, b]) => b.at - a.at)) {
      if (left <= 0) imported.delete(source);
      else imported.set(source, { at, patterns: patterns.slice(0, left) });
      left -= patterns.length;
    }
  }

  #keptFor({ tenantId }: Caller): Kept {
    const known = this.#tenants.get(tenantId);
    if (known !== undefined) return known;
    const kept: Kept = {
      own: new Map(),
      imported: new Map(),
      source: undefined,
      snapshot: NOTHING_LEARNED,
    };
    this.#tenants.set(tenantId, kept);
    return kept;
  }
}
