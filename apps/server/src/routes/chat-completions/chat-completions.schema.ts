import { z } from 'zod';

/** What openapi.json says; bodies are not checked, since the provider alone knows what it accepts. */
export const chatCompletionRequestSchema = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string() })),
  stream: z.boolean().optional(),
});

export const chatCompletionSchema = z.looseObject({
  id: z.string(),
  object: z.string(),
  choices: z.array(z.looseObject({ index: z.int() })),
});
