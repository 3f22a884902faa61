import { pooledBy } from './add-patterns.js';
import { errorFieldsOf } from './field-meaning.js';
import type { ToolPattern } from './pattern.js';
import {
  CONFIDENCE_THRESHOLD,
  DEFAULT_AGGRESSIVENESS,
  DEFAULT_ITEMS,
  confidenceOf,
  hintsFor,
  recentRetrievalRate,
  type ToolHints,
} from './tool-hints.js';

/** What of the hints compression applies; undefined members are as documented without learning. */
export interface LearnedHints {
  readonly maxItems?: number | undefined;
  readonly aggressiveness?: number | undefined;
  readonly keepWhole?: true | undefined;
  readonly preserveFields?: readonly string[] | undefined;
}

/** What a tool's outputs, or outputs of one structure, turned out to be worth. */
export interface LearnedOutput {
  /** 0–1: how often what compression took out of such outputs was asked back. */
  readonly importance: number;
  /** 0–1; what was learned counts from `CONFIDENCE_THRESHOLD` on. */
  readonly confidence: number;
  /** Fields whose values tell errors, such as `error` or `owner.failure`; never their values. */
  readonly errorFields: readonly string[];
  readonly hints: LearnedHints;
}

export interface LearnedContent {
  /** By the structural signature of an output. */
  readonly bySignature: Readonly<Record<string, LearnedOutput>>;
  /** By tool name, over all structures of its outputs. */
  readonly byTool: Readonly<Record<string, LearnedOutput>>;
}

/**
 * What was learned of a tenant's tools at one moment. Only data: it crosses into worker threads. The same number of a
 * tenant always means the same content; 0 is that of a tenant of whom nothing was learned.
 */
export interface LearnedSnapshot extends LearnedContent {
  readonly number: number;
}

export const NOTHING_LEARNED: LearnedSnapshot = { number: 0, bySignature: {}, byTool: {} };

/** An output as far as it is known; the structure says more than the name. */
export interface OutputIdentity {
  readonly toolName?: string | undefined;
  readonly signature?: string | undefined;
}

const UNKNOWN: LearnedOutput = { importance: 0, confidence: 0, errorFields: [], hints: {} };

/**
 * What was learned of outputs like this one, by their structure where enough is known of it, else by their tool.
 * @returns importance and confidence 0 for what was never seen.
 */
export function importanceOf(snapshot: LearnedContent, output: OutputIdentity): LearnedOutput {
  const ofStructure = ownOf(snapshot.bySignature, output.signature);
  const ofTool = ownOf(snapshot.byTool, output.toolName);
  if (ofStructure === undefined || ofTool === undefined) return ofStructure ?? ofTool ?? UNKNOWN;
  return ofStructure.confidence >= CONFIDENCE_THRESHOLD ? ofStructure : ofTool;
}

/**
 * What patterns come to. Numbers are rounded, so that a snapshot stays the same while nothing really changes: each new
 * one costs providers' caches of prompts that are compressed without a session.
 */
export function contentOf(patterns: readonly ToolPattern[]): LearnedContent {
  const asked = patterns.reduce((sum, { lately }) => sum + lately.retrievals, 0);
  const named = patterns.filter(({ toolName }) => toolName !== '');
  const learned = (pooled: ReadonlyMap<string, ToolPattern>): Record<string, LearnedOutput> =>
    Object.fromEntries(
      [...pooled]
        .map(([key, pattern]): [string, LearnedOutput] => [key, outputOf(pattern, asked)])
        .filter(([, { confidence }]) => confidence >= CONFIDENCE_THRESHOLD)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return {
    bySignature: learned(pooledBy(patterns, ({ signature }) => signature)),
    byTool: learned(pooledBy(named, ({ toolName }) => toolName)),
  };
}

function outputOf(pattern: ToolPattern, asked: number): LearnedOutput {
  return {
    importance: rounded(recentRetrievalRate(pattern)),
    confidence: Math.floor(confidenceOf(pattern) * 10) / 10,
    errorFields: errorFieldsOf(pattern),
    hints: appliedOf(hintsFor(pattern, asked)),
  };
}

function appliedOf(hints: ToolHints): LearnedHints {
  return {
    ...(hints.maxItems !== DEFAULT_ITEMS && { maxItems: hints.maxItems }),
    ...(hints.aggressiveness !== DEFAULT_AGGRESSIVENESS && { aggressiveness: hints.aggressiveness }),
    ...(hints.skipCompression && { keepWhole: true as const }),
    ...(hints.preserveFields.length > 0 && { preserveFields: hints.preserveFields }),
  };
}

function rounded(share: number): number {
  return Math.round(share * 10) / 10;
}

function ownOf(outputs: Readonly<Record<string, LearnedOutput>>, key: string | undefined) {
  return key !== undefined && Object.hasOwn(outputs, key) ? outputs[key] : undefined;
}
