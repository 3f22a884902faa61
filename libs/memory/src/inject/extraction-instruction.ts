import { MEMORY_CATEGORIES } from '../model/memory.js';

/** Asks a model to hand over what is worth remembering, inside its answer. Always the same bytes. */
export const EXTRACTION_INSTRUCTION = `When this exchange shows something worth remembering in later conversations (a lasting preference, fact, goal, entity, decision or insight), end your answer with exactly one block of this form and nothing after it:
<memory>{"memories":[{"content":"one self-contained sentence","category":"${MEMORY_CATEGORIES.join('|')}","importance":0.5,"subject":"short_key","entities":["name"]}]}</memory>
Write strict JSON. "subject" is a short stable key such as "employer" or "home_city": use the same one when a fact changes, leave it out when none fits. Never store secrets, nor what <context source="memory"> already says. Without anything worth remembering leave the block out. The block is removed before the user sees the answer: do not mention it.`;

/** A system prompt with the extraction instruction at its end, once. */
export function withExtractionInstruction(systemPrompt: string): string {
  if (systemPrompt.includes(EXTRACTION_INSTRUCTION)) return systemPrompt;
  return systemPrompt === '' ? EXTRACTION_INSTRUCTION : `${systemPrompt}\n\n${EXTRACTION_INSTRUCTION}`;
}
