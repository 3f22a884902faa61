import type { z } from 'zod';
import type { ErasureReceipt } from '#libs/kernel';
import type { erasureSchema } from './users.schema.js';

export type ErasureOnTheWire = z.infer<typeof erasureSchema>;

export function toReceipt(receipt: ErasureReceipt): ErasureOnTheWire {
  return {
    erased: {
      memories: receipt.memories,
      memory_history: receipt.memoryHistory,
      vectors: receipt.vectors,
      shared_context_entries: receipt.sharedContextEntries,
      handoffs: receipt.handoffs,
      conversations: receipt.conversations,
      messages: receipt.messages,
      originals: receipt.originals,
      retrieval_events: receipt.retrievalEvents,
      requests: receipt.requests,
      idempotency_replays: receipt.idempotencyReplays,
      api_keys: receipt.apiKeys,
      jobs: receipt.jobs,
    },
  };
}
