import { hashOriginal, type Original } from '#libs/ccr';
import { type ContentPart, type Message } from '#libs/kernel';
import { withImages } from './compress-images.js';
import { compressText, type TextResult } from './compress-text.js';
import type { CompressionReason, MessageReport } from './contract.js';
import type { MessageResult } from './message-cache.js';
import { observationOf } from './observed-output.js';
import { compressibleTexts, replaceTexts } from './message-texts.js';
import type { DetectedContent } from './router/detect-content.js';
import { alignSystemPrompt } from './stages/cache-aligner/align-system-prompt.js';
import type { Turn } from './turn.js';

const SYSTEM_ROLES = ['system', 'developer'];

/** Compresses what may be compressed of one message. */
export async function compressMessage(turn: Turn, message: Message, index: number): Promise<MessageResult> {
  if (index < turn.config.frozenMessageCount) return kept(turn, message, 'protected_frozen');
  if (SYSTEM_ROLES.includes(message.role)) return alignMessage(turn, message);
  return withImages(turn, message, index, await compressTexts(turn, message, index));
}

async function compressTexts(turn: Turn, message: Message, index: number): Promise<MessageResult> {
  const texts = compressibleTexts(message, turn.config.compressUserMessages);
  if (texts.length === 0)
    return kept(turn, message, message.role === 'tool' ? 'not_compressible' : 'protected_role');
  const results: TextResult[] = [];
  for (const text of texts) results.push(await compressText(turn, message, text, index));
  return resultOf(turn, message, results);
}

function kept(
  turn: Turn,
  message: Message,
  reason: CompressionReason,
  content?: DetectedContent,
): MessageResult {
  const tokens = turn.counter.countMessage(message);
  return {
    report: { reason, ...foundIn(content), transforms: [], tokensBefore: tokens, tokensAfter: tokens },
    originals: [],
  };
}

/** The cache aligner: the only stage that touches a system prompt. */
function alignMessage(turn: Turn, message: Message): MessageResult {
  const { enabled, ...settings } = turn.config.cacheAligner;
  const prompt = lastTextPart(message);
  if (!enabled || prompt === undefined) return kept(turn, message, 'protected_role');
  const tokensBefore = turn.counter.countMessage(message);
  const fits = (text: string): boolean =>
    turn.counter.countMessage(withLastText(message, text)) <= tokensBefore;
  const aligned = alignSystemPrompt(prompt, settings, fits);
  if (aligned === undefined) return kept(turn, message, 'protected_role');
  const replacement = withLastText(message, aligned);
  const tokensAfter = turn.counter.countMessage(replacement);
  return {
    replacement,
    report: {
      reason: 'compressed',
      contentType: 'text',
      transforms: ['cache_aligner'],
      tokensBefore,
      tokensAfter,
    },
    originals: [
      {
        hash: hashOriginal(prompt),
        content: prompt,
        originalTokens: tokensBefore,
        compressedTokens: tokensAfter,
        originalItemCount: 1,
        compressedItemCount: 1,
      },
    ],
  };
}

function lastTextPart({ content }: Message): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  return (content as readonly ContentPart[]).findLast((part) => typeof part.text === 'string')?.text;
}

function withLastText(message: Message, text: string): Message {
  if (!Array.isArray(message.content)) return { ...message, content: text };
  const parts = message.content as readonly ContentPart[];
  const last = parts.findLastIndex((part) => typeof part.text === 'string');
  return { ...message, content: parts.map((part, index) => (index === last ? { ...part, text } : part)) };
}

function resultOf(turn: Turn, message: Message, results: readonly TextResult[]): MessageResult {
  const observations = turn.config.feedback.enabled ? results.flatMap(observationOf) : [];
  const compressed = results.filter(({ output }) => typeof output !== 'string');
  const longest = results.reduce((a, b) => (b.tokens > a.tokens ? b : a));
  if (compressed.length === 0) {
    const reason = typeof longest.output === 'string' ? longest.output : 'not_smaller';
    return { ...kept(turn, message, reason, longest.content), observations };
  }
  let next = 0;
  const replacement = replaceTexts(message, turn.config.compressUserMessages, (text) => {
    const output = results[next++]?.output;
    return output === undefined || typeof output === 'string' ? text : output.text;
  });
  const report: Omit<MessageReport, 'index'> = {
    reason: 'compressed',
    ...foundIn(compressed[0]?.content),
    transforms: [...new Set(compressed.map(transformOf))],
    tokensBefore: turn.counter.countMessage(message),
    tokensAfter: turn.counter.countMessage(replacement),
  };
  return { replacement, report, originals: compressed.flatMap(originalOf), observations };
}

function foundIn(content: DetectedContent | undefined): Pick<MessageReport, 'contentType' | 'contentReason'> {
  return { contentType: content?.kind, contentReason: content?.reason };
}

/** `router:smart_crusher:0.12`: the stage, and the tokens after as a share of those before. */
function transformOf({ tokens, output }: TextResult): string {
  if (typeof output === 'string') return output;
  return `router:${output.name}:${(output.tokens / tokens).toFixed(2)}`;
}

function originalOf({ text, tokens, toolName, output, structure }: TextResult): Omit<Original, 'userId'>[] {
  if (typeof output === 'string') return [];
  return [
    {
      hash: hashOriginal(text),
      content: text,
      toolName,
      signature: structure?.signature,
      originalTokens: tokens,
      compressedTokens: output.tokens,
      originalItemCount: output.itemsBefore,
      compressedItemCount: output.itemsAfter,
    },
  ];
}
