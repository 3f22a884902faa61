import { MEMORY_CATEGORIES } from '../model/memory.js';

/** Asks a model to hand over what is worth remembering, inside its answer. Always the same bytes. */
export const EXTRACTION_INSTRUCTION = `If this exchange shows something worth remembering in later conversations (a lasting preference, fact, goal, entity, decision or insight), end your answer with one block of strict JSON:
<memory>{"memories":[{"content":"one self-contained sentence","category":"${MEMORY_CATEGORIES.join('|')}","importance":0.5,"subject":"short_key","entities":["name"]}]}</memory>
Give what can change a stable "subject" such as "employer" and use it again; leave it out otherwise. No secrets, and nothing that <context source="memory"> already says. Nothing to remember: no block. The block is removed before the user sees your answer; do not mention it.`;
