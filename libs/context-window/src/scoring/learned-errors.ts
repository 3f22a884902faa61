import { CONFIDENCE_THRESHOLD, importanceOf, type LearnedSnapshot } from '#libs/learning';
import { HOLDS_SOMETHING } from './error-indicator.js';

/**
 * 1 also for what bears a field that tells errors of its tool, as was learned from the tool's outputs.
 * @param toolNames of each message, empty for talk.
 */
export function withLearnedErrors(
  errors: Float64Array,
  texts: readonly string[],
  toolNames: readonly (readonly string[])[],
  learned: LearnedSnapshot,
): Float64Array {
  const patterns = new Map<string, RegExp | undefined>();
  const patternOf = (toolName: string): RegExp | undefined => {
    if (!patterns.has(toolName)) patterns.set(toolName, errorPattern(learned, toolName));
    return patterns.get(toolName);
  };
  return errors.map((known, index) => {
    const isError = toolNames[index]?.some((name) => patternOf(name)?.test(texts[index] ?? ''));
    return isError === true ? 1 : known;
  });
}

function errorPattern(learned: LearnedSnapshot, toolName: string): RegExp | undefined {
  const { errorFields, confidence } = importanceOf(learned, { toolName });
  if (confidence < CONFIDENCE_THRESHOLD || errorFields.length === 0) return undefined;
  const names = errorFields.map((path) => (path.split('.').at(-1) ?? path).replaceAll(/[^\w]/g, '\\$&'));
  return new RegExp(`"(?:${names.join('|')})"${HOLDS_SOMETHING}`);
}
