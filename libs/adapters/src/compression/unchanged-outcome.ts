import { wasteTogether, type CompressionOutcome, type CompressionRequest } from '#libs/compression';
import type { Message } from '#libs/kernel';

/** Rather an estimate than to count for seconds what was already late. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * The request as it was, each message with that reason, but what was given before is given again; tokens are estimated
 * from lengths.
 */
export function unchangedOutcome(
  { messages, given = {} }: CompressionRequest,
  reason: 'deadline' | 'failed',
): CompressionOutcome {
  const before = messages.map(estimateTokens);
  const shown = messages.map((message, index) => given[index] ?? message);
  const after = shown.map(estimateTokens);
  return {
    messages: shown,
    changed: shown.map((message, index) => message !== messages[index]),
    tokensBefore: totalOf(before),
    tokensAfter: totalOf(after),
    isEstimated: true,
    transforms: [],
    transformsSummary: {},
    originals: [],
    observations: [],
    waste: wasteTogether([], 0),
    learnedSnapshot: 0,
    reports: shown.map((message, index) => ({
      index,
      reason: message === messages[index] ? reason : 'compressed',
      transforms: [],
      tokensBefore: before[index] ?? 0,
      tokensAfter: after[index] ?? 0,
    })),
  };
}

function totalOf(tokens: readonly number[]): number {
  return tokens.reduce((sum, count) => sum + count, 0);
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
