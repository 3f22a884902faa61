import { HeadroomError, type Caller, type Clock, type Ids } from '#libs/kernel';
import { pooledBy } from './add-patterns.js';
import { NOTHING_LEARNED, type LearnedSnapshot } from './learned-snapshot.js';
import { LearningRecorder, type LearningOptions } from './learning-recorder.js';
import type { OutputObservation, RetrievalObservation } from './observation.js';
import type { ToolPattern } from './pattern.js';
import { MAX_PATTERNS, type LearnedElsewhere, type LearnedHere, type PatternStore } from './pattern-store.js';
import { matchedFields } from './structure/matched-fields.js';
import { structureOf } from './structure/output-structure.js';

/** A retrieval, as far as something can be learned from it. */
export interface RetrievedOutput {
  readonly toolName?: string | undefined;
  /** Of the structure of the original; undefined for what was stored without one. */
  readonly signature?: string | undefined;
  readonly retrievalType: 'full' | 'search';
  readonly query?: string | undefined;
  /** The items found, best first, and the whole they were found in. */
  readonly found: readonly string[];
  readonly whole: string;
  /** How many items were given back. */
  readonly itemCount: number;
}

/** Over all tools of a tenant. */
export interface LearningTotals {
  readonly isEnabled: boolean;
  readonly toolsTracked: number;
  readonly totalCompressions: number;
  readonly totalRetrievals: number;
  /** Retrievals per compression, 0–1. */
  readonly retrievalRate: number;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

/** Learns from structures and counts, never from values, how a tool's outputs are best compressed. */
export class ToolLearning {
  private readonly recorder: LearningRecorder;
  readonly isEnabled: boolean;

  constructor(
    private readonly patterns: PatternStore,
    private readonly clock: Clock,
    private readonly ids: Ids,
    options: LearningOptions = {},
  ) {
    this.isEnabled = options.isEnabled ?? true;
    this.recorder = new LearningRecorder(patterns, () => clock.now().getTime(), options);
  }

  /** Never throws and never waits; the same output met again teaches nothing. */
  recordOutputs(caller: Caller, outputs: readonly OutputObservation[]): void {
    if (this.isEnabled) this.recorder.note(caller, outputs);
  }

  /** Never throws and never waits. */
  recordRetrieval(caller: Caller, retrieved: RetrievedOutput): void {
    if (!this.isEnabled) return;
    const observation = observationOf(retrieved);
    if (observation !== undefined) this.recorder.note(caller, [observation]);
  }

  /** Stores everything recorded so far. Never rejects. */
  flush(): Promise<void> {
    return this.recorder.flush();
  }

  /** What scoring and compression may rely on; read once per request, then asked by `importanceOf`. Never rejects. */
  async snapshot(caller: Caller): Promise<LearnedSnapshot> {
    return this.isEnabled ? await this.recorder.snapshot(caller) : NOTHING_LEARNED;
  }

  /** What is known of a tool over all structures of its outputs. */
  async ofTool(caller: Caller, toolName: string): Promise<ToolPattern | null> {
    const patterns = await this.list(caller, MAX_PATTERNS);
    const own = patterns.filter((pattern) => pattern.toolName === toolName);
    return toolName === '' ? null : (pooledBy(own, () => toolName).get(toolName) ?? null);
  }

  /** What is known of outputs whose signature begins so, over all tools; the most compressed of several. */
  async ofSignature(caller: Caller, prefix: string): Promise<ToolPattern | null> {
    const all = await this.bySignature(caller, MAX_PATTERNS);
    return all.find(({ signature }) => signature.startsWith(prefix.toLowerCase())) ?? null;
  }

  /** Per structure, over all tools, most compressed first. */
  async bySignature(caller: Caller, limit: number): Promise<readonly ToolPattern[]> {
    const pooled = pooledBy(await this.list(caller, MAX_PATTERNS), ({ signature }) => signature);
    return mostCompressed([...pooled.values()]).slice(0, limit);
  }

  /** Per named tool, over all structures of its outputs, most compressed first. */
  async byTool(caller: Caller): Promise<readonly ToolPattern[]> {
    const named = (await this.list(caller, MAX_PATTERNS)).filter(({ toolName }) => toolName !== '');
    return mostCompressed([...pooledBy(named, ({ toolName }) => toolName).values()]);
  }

  async totals(caller: Caller): Promise<LearningTotals> {
    const patterns = await this.bySignature(caller, MAX_PATTERNS);
    const sum = (count: (pattern: ToolPattern) => number): number =>
      patterns.reduce((total, pattern) => total + count(pattern), 0);
    const totalCompressions = sum((pattern) => pattern.compressions);
    const totalRetrievals = sum((pattern) => pattern.retrievals);
    return {
      isEnabled: this.isEnabled,
      toolsTracked: patterns.length,
      totalCompressions,
      totalRetrievals,
      retrievalRate: totalCompressions > 0 ? Math.min(1, totalRetrievals / totalCompressions) : 0,
      tokensBefore: sum((pattern) => pattern.tokensBefore),
      tokensAfter: sum((pattern) => pattern.tokensAfter),
    };
  }

  /** What was learned here, without what was imported. */
  async export(caller: Caller): Promise<LearnedElsewhere> {
    await this.flush();
    const learned: LearnedHere = await this.patterns.learnedHere(caller, this.ids.next('src'));
    return { ...learned, exportedAt: this.clock.now() };
  }

  /**
   * Takes over what another server learned; what came from it before is replaced, so that importing twice counts once.
   * @throws HeadroomError `forbidden` for a key that is bound to users: what is learned is the whole tenant's.
   */
  async import(caller: Caller, learned: LearnedElsewhere): Promise<void> {
    if (caller.users !== null)
      throw new HeadroomError('forbidden', 'What is learned belongs to all users of the tenant.');
    await this.flush();
    await this.patterns.importFrom(caller, learned);
    await this.recorder.publish(caller);
  }

  private async list(caller: Caller, limit: number): Promise<readonly ToolPattern[]> {
    await this.flush();
    return this.patterns.list(caller, limit);
  }
}

/** What was stored without its structure is known by its tool alone. */
function observationOf(retrieved: RetrievedOutput): RetrievalObservation | undefined {
  const { toolName = '', retrievalType, query, found, whole } = retrieved;
  const signature =
    retrieved.signature ?? (toolName === '' ? undefined : structureOf(toolName, 'unknown').signature);
  if (signature === undefined) return undefined;
  const matched = query === undefined ? undefined : matchedFields(query, found, whole);
  return {
    type: 'retrieval',
    signature,
    toolName,
    retrievalType,
    itemsRetrieved: retrieved.itemCount,
    queried: matched?.queried ?? [],
    exceptional: matched?.exceptional ?? [],
  };
}

function mostCompressed(patterns: readonly ToolPattern[]): ToolPattern[] {
  return patterns.toSorted((a, b) => b.compressions - a.compressions || (a.signature < b.signature ? -1 : 1));
}
