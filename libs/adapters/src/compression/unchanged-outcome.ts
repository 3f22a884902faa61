import type { CompressionOutcome, CompressionRequest } from '#libs/compression';
import type { Message } from '#libs/kernel';

/** Rather an estimate than to count for seconds what was already late. */
const CHARACTERS_PER_TOKEN = 4;

/** The request as it was, each message with that reason; its tokens are estimated from its length. */
export function unchangedOutcome(
  { messages }: CompressionRequest,
  reason: 'deadline' | 'failed',
): CompressionOutcome {
  const tokens = messages.map(estimateTokens);
  const total = tokens.reduce((sum, count) => sum + count, 0);
  return {
    messages,
    changed: messages.map(() => false),
    tokensBefore: total,
    tokensAfter: total,
    isEstimated: true,
    transforms: [],
    transformsSummary: {},
    originals: [],
    reports: tokens.map((count, index) => ({
      index,
      reason,
      transforms: [],
      tokensBefore: count,
      tokensAfter: count,
    })),
  };
}

function estimateTokens({ content }: Message): number {
  const length = typeof content === 'string' ? content.length : writtenLength(content);
  return 4 + Math.ceil(length / CHARACTERS_PER_TOKEN);
}

function writtenLength(content: Message['content']): number {
  try {
    return JSON.stringify(content ?? '').length;
  } catch {
    // Nested too deep to be written.
    return 0;
  }
}
