import { CONFIDENCE_THRESHOLD, confidenceOf, ratesOf, type ToolPattern } from '#libs/learning';
import type { Caller } from '#libs/kernel';

/** What is known of tools; `ToolLearning` of the learning lib is one. */
export interface ToolExperience {
  find(caller: Caller, toolName: string): Promise<ToolPattern | null>;
}

/** Of tools that too little is known of. */
const NEUTRAL_IMPORTANCE = 0.5;
/** Of messages without a tool: what people say is said again in other words, what a tool gave stands there alone. */
const IMPORTANCE_OF_TALK = 0.25;

/**
 * How often what a message's tools gave was retrieved, between neutral and the retrieval rate by how well it is known.
 * Of several tools the most retrieved counts.
 */
export async function toinImportance(
  caller: Caller,
  toolNames: readonly (readonly string[])[],
  experience: ToolExperience | undefined,
): Promise<Float64Array> {
  const known = new Map<string, number>();
  if (experience !== undefined) {
    await Promise.all(
      [...new Set(toolNames.flat())].map(async (name) => {
        known.set(name, importanceOf(await experience.find(caller, name)));
      }),
    );
  }
  return Float64Array.from(toolNames, (names) =>
    names.length === 0
      ? IMPORTANCE_OF_TALK
      : Math.max(...names.map((name) => known.get(name) ?? NEUTRAL_IMPORTANCE)),
  );
}

function importanceOf(pattern: ToolPattern | null): number {
  const confidence = confidenceOf(pattern);
  if (pattern === null || confidence < CONFIDENCE_THRESHOLD) return NEUTRAL_IMPORTANCE;
  return (1 - confidence) * NEUTRAL_IMPORTANCE + confidence * ratesOf(pattern).retrievalRate;
}
