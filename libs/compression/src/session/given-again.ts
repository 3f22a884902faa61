import { hashOriginal, type Original } from '#libs/ccr';
import type { Message } from '#libs/kernel';
import type { MessageResult } from '../message-cache.js';
import { compressibleTexts } from '../message-texts.js';
import type { Turn } from '../turn.js';

/**
 * The result of a message that a model was given before, null where it was given as it was: the same again, whatever
 * would be decided now. The originals of what was replaced in it are kept on.
 */
export function givenAgain(
  turn: Turn,
  message: Message,
  index: number,
  given: Message | null,
): MessageResult {
  const { counter, config } = turn;
  const tokensBefore = counter.countMessage(message);
  if (given === null) {
    return {
      report: { reason: 'pinned', transforms: [], tokensBefore, tokensAfter: tokensBefore },
      originals: [],
    };
  }
  const shown = compressibleTexts(given, config.compressUserMessages);
  const originals = compressibleTexts(message, config.compressUserMessages).flatMap(
    ({ text, toolCallId }, i): Omit<Original, 'userId'>[] => {
      const now = shown[i]?.text;
      if (now === undefined || now === text) return [];
      return [
        {
          hash: hashOriginal(text),
          content: text,
          toolName: turn.callOf(toolCallId, index)?.name ?? message.name,
          originalTokens: counter.countText(text),
          compressedTokens: counter.countText(now),
          originalItemCount: 1,
          compressedItemCount: 1,
        },
      ];
    },
  );
  const tokensAfter = counter.countMessage(given);
  const share = (tokensAfter / Math.max(1, tokensBefore)).toFixed(2);
  return {
    replacement: given,
    report: { reason: 'compressed', transforms: [`pinned:${share}`], tokensBefore, tokensAfter },
    originals,
  };
}
