import { z } from 'zod';

/** What openapi.json says; bodies are not checked, since the provider alone knows what it accepts. */
export const chatCompletionRequestSchema = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string() })),
  stream: z.boolean().optional(),
});

/** Headers of this service; none of them goes upstream. */
export const TURN_HEADERS = {
  'x-headroom-user-id': 'Whose memory takes part; without it none does.',
  'x-headroom-session-id': 'The session within the user; its prompts keep their beginning.',
  'x-headroom-agent-id': 'The agent within the session.',
  'x-headroom-turn-id': 'The turn within the session.',
  'x-headroom-mode': '`optimize`, `audit`, `simulate` or `passthrough` for this request.',
  'x-headroom-bypass': '`true`: the body goes through byte for byte.',
  'x-headroom-memory-tools':
    '`on` or `off` for this request: whether the model is offered memory_save, memory_search, memory_update, memory_delete and memory_list, whose calls are answered here. Needs a user.',
  'x-headroom-base-url': 'The address of another provider.',
} as const;

export const chatCompletionSchema = z.looseObject({
  id: z.string(),
  object: z.string(),
  choices: z.array(z.looseObject({ index: z.int() })),
});
