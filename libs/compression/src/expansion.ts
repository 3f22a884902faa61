import { expansionFor, hashOriginal, markerHashes, type TrackedOriginal } from '#libs/ccr';
import { textOf, type ContentPart, type Message } from '#libs/kernel';
import type { MessageCache, MessageResult } from './message-cache.js';
import { compressibleTexts } from './message-texts.js';
import type { Turn } from './turn.js';

/** What was recalled for a question is no part of it. */
const RECALLED = /<context[^>]{0,60}>[\s\S]*?<\/context>\s*/g;

/**
 * The context tracker at work: what a user's question asks for of earlier results, and compression dropped, is put at
 * the question's end before the model has to ask for it. Depends on nothing that comes later, so that a question reads
 * the same on every later turn.
 */
export class Expansion {
  private readonly tracked: TrackedOriginal[] = [];

  constructor(
    private readonly turn: Turn,
    private readonly cache: MessageCache | undefined,
  ) {}

  /** The result of a message, which must be told in order; changed only for a user's question that is new. */
  apply(message: Message, index: number, result: MessageResult, isGiven = false): MessageResult {
    const { expansion, mode, frozenMessageCount } = this.turn.config;
    if (!expansion.enabled || mode !== 'ccr') return result;
    this.track(message, result);
    if (isGiven || message.role !== 'user' || this.tracked.length === 0 || index < frozenMessageCount)
      return result;
    const question = textOf(message).replace(RECALLED, '').trim();
    if (question === '' || this.turn.isLate()) return result;
    return this.remembered(message, question, result);
  }

  private track(message: Message, { replacement, originals }: MessageResult): void {
    if (replacement === undefined) return;
    const shown = compressibleTexts(replacement, false)
      .map(({ text }) => text)
      .join('\n');
    const marked = new Set(markerHashes(shown));
    for (const { hash, content } of originals) {
      if (marked.has(hash)) this.tracked.push({ hash, content, shown });
    }
  }

  private remembered(message: Message, question: string, result: MessageResult): MessageResult {
    const key = this.cache && this.keyOf(question);
    const known = key === undefined ? undefined : this.cache?.get(key);
    const addition = known === undefined ? expansionFor(question, this.tracked) : additionOf(known);
    if (known === undefined && key !== undefined) this.cache?.set(key, asResult(addition));
    return addition === undefined ? result : this.expanded(message, result, addition);
  }

  private keyOf(question: string): string {
    const tracked = this.tracked.map(({ hash, shown }) => `${hash} ${hashOriginal(shown)}`);
    return `expansion ${hashOriginal(JSON.stringify([question, tracked]))}`;
  }

  private expanded(message: Message, result: MessageResult, addition: string): MessageResult {
    const replacement = withAddition(result.replacement ?? message, addition);
    const tokensAfter = this.turn.counter.countMessage(replacement);
    return {
      ...result,
      replacement,
      originals: [...result.originals, ...originalOf(message, result, tokensAfter)],
      report: {
        ...result.report,
        reason: 'expanded',
        transforms: [...result.report.transforms, 'ccr_expansion'],
        tokensAfter,
      },
    };
  }
}

/** Of every text that a model reads otherwise than it was sent, the sent one is kept. */
function originalOf(
  { content }: Message,
  { report }: MessageResult,
  tokensAfter: number,
): MessageResult['originals'] {
  if (typeof content !== 'string') return [];
  return [
    {
      hash: hashOriginal(content),
      content,
      originalTokens: report.tokensBefore,
      compressedTokens: tokensAfter,
      originalItemCount: 1,
      compressedItemCount: 1,
    },
  ];
}

/** The cache knows messages; what is added to a question is kept in it as the text of one. */
function asResult(addition: string | undefined): MessageResult {
  const report = { reason: 'expanded', transforms: [], tokensBefore: 0, tokensAfter: 0 } as const;
  const replacement = addition === undefined ? undefined : { role: 'user', content: addition };
  return { replacement, report, originals: [] };
}

function additionOf({ replacement }: MessageResult): string | undefined {
  return replacement === undefined ? undefined : textOf(replacement);
}

function withAddition(message: Message, addition: string): Message {
  const { content } = message;
  if (!Array.isArray(content)) return { ...message, content: `${textOf(message)}\n\n${addition}` };
  const parts = content as readonly ContentPart[];
  return { ...message, content: [...parts, { type: 'text', text: addition }] };
}
