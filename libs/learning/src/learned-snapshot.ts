/** What a tool's outputs, or outputs of one structure, turned out to be worth. */
export interface LearnedOutput {
  /** 0–1: how often what compression took out of such outputs was asked back. */
  readonly importance: number;
  /** 0–1; what was learned counts from `CONFIDENCE_THRESHOLD` on. */
  readonly confidence: number;
  /** Fields whose values tell errors, such as `error` or `owner.failure`; never their values. */
  readonly errorFields: readonly string[];
}

/**
 * What was learned of a tenant's tools at one moment. Only data: it crosses into worker threads. The same number of a
 * tenant always means the same content; 0 is that of a tenant of whom nothing was learned.
 */
export interface LearnedSnapshot {
  readonly number: number;
  /** By the structural signature of an output. */
  readonly bySignature: Readonly<Record<string, LearnedOutput>>;
  /** By tool name, over all structures of its outputs. */
  readonly byTool: Readonly<Record<string, LearnedOutput>>;
}

export const NOTHING_LEARNED: LearnedSnapshot = { number: 0, bySignature: {}, byTool: {} };

/** An output as far as it is known; the structure says more than the name. */
export interface OutputIdentity {
  readonly toolName?: string | undefined;
  readonly signature?: string | undefined;
}

const UNKNOWN: LearnedOutput = { importance: 0, confidence: 0, errorFields: [] };

/**
 * How important outputs like this one are, by their structure where enough is known of it, else by their tool.
 * @returns importance and confidence 0 for what was never seen.
 */
export function importanceOf(snapshot: LearnedSnapshot, output: OutputIdentity): LearnedOutput {
  const ofStructure = ownOf(snapshot.bySignature, output.signature);
  const ofTool = ownOf(snapshot.byTool, output.toolName);
  if (ofStructure === undefined || ofTool === undefined) return ofStructure ?? ofTool ?? UNKNOWN;
  return ofStructure.confidence >= ofTool.confidence ? ofStructure : ofTool;
}

function ownOf(outputs: Readonly<Record<string, LearnedOutput>>, key: string | undefined) {
  return key !== undefined && Object.hasOwn(outputs, key) ? outputs[key] : undefined;
}
