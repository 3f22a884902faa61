import type { CompressionSettings } from './compression-config.js';

/**
 * For a conversation that comes again with every turn and names no session to remember it by. Code was recent when it
 * was first sent, and what was sent once must not change, or the provider's prompt cache is lost with every file read. For
 * the same reason nothing learned meanwhile is applied: no hint is that certain.
 */
export const ONGOING_CONVERSATION: CompressionSettings = {
  protectRecentCode: Number.MAX_SAFE_INTEGER,
  feedback: { confidenceThreshold: 1 },
};
