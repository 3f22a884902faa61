import { CONFIDENCE_THRESHOLD, importanceOf, type LearnedSnapshot } from '#libs/learning';
import type { Caller } from '#libs/kernel';

/** What was learned of tools; `ToolLearning` of the learning lib is one. */
export interface ToolExperience {
  snapshot(caller: Caller): Promise<LearnedSnapshot>;
}

/** Of tools that too little is known of. */
const NEUTRAL_IMPORTANCE = 0.5;
/** Of messages without a tool: what people say is said again in other words, what a tool gave stands there alone. */
const IMPORTANCE_OF_TALK = 0.25;

/**
 * How often what a message's tools gave was retrieved, between neutral and the retrieval rate by how well it is known.
 * Of several tools the most retrieved counts.
 */
export function toinImportance(
  toolNames: readonly (readonly string[])[],
  learned: LearnedSnapshot,
): Float64Array {
  return Float64Array.from(toolNames, (names) =>
    names.length === 0
      ? IMPORTANCE_OF_TALK
      : Math.max(...names.map((toolName) => importanceOfTool(learned, toolName))),
  );
}

function importanceOfTool(learned: LearnedSnapshot, toolName: string): number {
  const { importance, confidence } = importanceOf(learned, { toolName });
  if (confidence < CONFIDENCE_THRESHOLD) return NEUTRAL_IMPORTANCE;
  return (1 - confidence) * NEUTRAL_IMPORTANCE + confidence * importance;
}
