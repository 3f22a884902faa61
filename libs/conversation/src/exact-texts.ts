import { rewriteJson } from '#libs/json-text';
import type { Message } from '#libs/kernel';
import type { BuiltContext, ContextRequest } from './context-builder.js';
import type { GivenTexts } from './frozen-prefix-store.js';

/** A context beside the JSON of each of its messages. */
export interface ExactContext extends BuiltContext {
  /** What compression left alone stands as it was sent: number literals, key order, escapes and white space. */
  readonly texts: readonly string[];
}

/** The JSON of every message as it would be given, index by index; `given` is what it was given as before. */
export function shapedTexts(
  { messages, sentTexts }: Pick<ContextRequest, 'messages' | 'sentTexts'>,
  shaped: readonly Message[],
  given: GivenTexts = new Map(),
): string[] {
  return messages.map((message, i) => {
    const sent = sentTexts?.[i] ?? JSON.stringify(message);
    const before = given.get(i);
    if (before !== undefined) return before ?? sent;
    return rewriteJson(sent, message, shaped[i] ?? message);
  });
}

/** @param texts of all shaped messages; what a context adds to them, such as a marker, is written here. */
export function withTexts(context: BuiltContext, texts: readonly string[]): ExactContext {
  const known = new Map(context.shaped.map((message, i) => [message, texts[i]]));
  return {
    ...context,
    texts: context.messages.map((message) => known.get(message) ?? JSON.stringify(message)),
  };
}
