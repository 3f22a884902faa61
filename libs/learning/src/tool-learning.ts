import type { Caller } from '#libs/kernel';
import type { PatternStore, ToolPattern } from './pattern-store.js';
import { NOTHING_LEARNED, type LearnedOutput, type LearnedSnapshot } from './learned-snapshot.js';
import { confidenceOf, hintsFor, ratesOf, type ToolHints } from './tool-hints.js';

export interface CompressionObservation {
  /** Observations without a tool are not kept. */
  readonly toolName: string | undefined;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

export interface RetrievalObservation {
  readonly toolName: string | undefined;
  readonly retrievalType: 'full' | 'search';
}

/** Over all tools of a tenant. */
export interface LearningTotals {
  readonly toolsTracked: number;
  readonly totalCompressions: number;
  readonly totalRetrievals: number;
  /** Retrievals per compression, 0–1. */
  readonly retrievalRate: number;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

/** How many tools a summary looks at. */
const TRACKED_TOOLS = 1_000;

/** Learns from counts, never from contents, how a tool's outputs are best compressed. */
export class ToolLearning {
  constructor(private readonly patterns: PatternStore) {}

  async recordCompression(caller: Caller, observation: CompressionObservation): Promise<void> {
    const { toolName, tokensBefore, tokensAfter } = observation;
    if (isNamed(toolName)) {
      await this.patterns.add(caller, toolName, { compressions: 1, tokensBefore, tokensAfter });
    }
  }

  async recordRetrieval(caller: Caller, { toolName, retrievalType }: RetrievalObservation): Promise<void> {
    if (!isNamed(toolName)) return;
    const fullRetrievals = retrievalType === 'full' ? 1 : 0;
    await this.patterns.add(caller, toolName, { retrievals: 1, fullRetrievals });
  }

  /** The defaults for a tool that is unknown or hardly known. */
  async hints(caller: Caller, toolName: string): Promise<ToolHints> {
    return hintsFor(await this.patterns.find(caller, toolName));
  }

  find(caller: Caller, toolName: string): Promise<ToolPattern | null> {
    return this.patterns.find(caller, toolName);
  }

  /** Most compressed first. */
  list(caller: Caller, limit: number): Promise<readonly ToolPattern[]> {
    return this.patterns.list(caller, limit);
  }

  /** What scoring and compression may rely on; read once per request, then asked by `importanceOf`. */
  async snapshot(caller: Caller): Promise<LearnedSnapshot> {
    const patterns = await this.patterns.list(caller, TRACKED_TOOLS);
    if (patterns.length === 0) return NOTHING_LEARNED;
    const byTool = Object.fromEntries(patterns.map((pattern) => [pattern.toolName, learnedOf(pattern)]));
    return { number: 1, bySignature: {}, byTool };
  }

  async totals(caller: Caller): Promise<LearningTotals> {
    const patterns = await this.patterns.list(caller, TRACKED_TOOLS);
    const sum = (count: (pattern: ToolPattern) => number): number =>
      patterns.reduce((total, pattern) => total + count(pattern), 0);
    const totalCompressions = sum((pattern) => pattern.compressions);
    const totalRetrievals = sum((pattern) => pattern.retrievals);
    return {
      toolsTracked: patterns.length,
      totalCompressions,
      totalRetrievals,
      retrievalRate: totalCompressions > 0 ? Math.min(1, totalRetrievals / totalCompressions) : 0,
      tokensBefore: sum((pattern) => pattern.tokensBefore),
      tokensAfter: sum((pattern) => pattern.tokensAfter),
    };
  }
}

function learnedOf(pattern: ToolPattern): LearnedOutput {
  return {
    importance: ratesOf(pattern).retrievalRate,
    confidence: confidenceOf(pattern),
    errorFields: [],
  };
}

function isNamed(toolName: string | undefined): toolName is string {
  return toolName !== undefined && toolName !== '';
}
