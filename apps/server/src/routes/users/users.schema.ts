import { z } from 'zod';

const count = z.number().int();

export const erasureSchema = z.object({
  erased: z.object({
    memories: count,
    memory_history: count,
    vectors: count,
    shared_context_entries: count,
    handoffs: count,
    conversations: count,
    messages: count,
    originals: count,
    retrieval_events: count,
    requests: count,
    idempotency_replays: count,
    api_keys: count,
    jobs: count,
  }),
});
