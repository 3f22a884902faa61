import { hashOriginal, isRetrieveTool, markerHashes, type Original } from '#libs/ccr';
import type { Message } from '#libs/kernel';
import type { MessageResult } from '../message-cache.js';
import { compressibleTexts, type MessageText, replaceTexts } from '../message-texts.js';
import type { Turn } from '../turn.js';
import { EarlierContent, ReadText } from './earlier-content.js';
import { PlaceNames } from './place-names.js';
import { type ReferenceText, referencesFor } from './reference-text.js';

/** Shorter texts cost hardly more than a reference to them. */
const MIN_CHARACTERS = 200;
/** A reference must save clearly more than the reading of two places costs. */
const WORTHWHILE_SHARE = 0.85;
const WORTHWHILE_TOKENS = 15;

interface Reference extends ReferenceText {
  readonly tokens: number;
}

/**
 * Content that stood in the conversation before becomes a reference to its first place. Only what can still be read
 * there counts: the messages must be given one after the other, each as compression left it.
 */
export class Repetition {
  private readonly earlier = new EarlierContent();
  private readonly names = new PlaceNames();
  private readonly lastWithTexts: number;

  constructor(
    private readonly turn: Turn,
    messages: readonly Message[],
  ) {
    const { repetition, mode } = turn.config;
    const isOn = repetition.enabled && mode !== 'lossless';
    this.lastWithTexts = isOn ? messages.findLastIndex((message) => this.textsOf(message).length > 0) : -1;
  }

  /**
   * The result with references in it where they are smaller than what compression made of the message; one that is
   * pinned is only remembered.
   */
  apply(message: Message, index: number, result: MessageResult, isPinned = false): MessageResult {
    // What nothing comes after need not be remembered.
    if (index > this.lastWithTexts) return result;
    const sent = this.textsOf(message);
    if (sent.length === 0) {
      this.earlier.addSpoken(message, index);
      return result;
    }
    const shown = this.textsOf(result.replacement ?? message).map(({ text }) => text);
    const isFixed = isPinned || index < this.turn.config.frozenMessageCount || this.turn.isLate();
    const reads = sent.map(({ text }) => new ReadText(text));
    const references = sent.map((each, i) =>
      isFixed
        ? undefined
        : this.smallest(
            each,
            reads[i] ?? new ReadText(each.text),
            shown[i] ?? each.text,
            index,
            message.name,
          ),
    );
    for (const [i, read] of index === this.lastWithTexts ? [] : reads.entries()) {
      const { toolCallId } = sent[i] ?? {};
      const place = this.names.placeOf(this.turn.callOf(toolCallId, index), index);
      const now = references[i]?.text ?? shown[i] ?? read.text;
      if (references[i]?.hasAllValues ?? this.isReadable(read.text, now))
        this.earlier.addResult(read, now, place);
      else this.earlier.addRemains(now, place);
    }
    return references.some((reference) => reference !== undefined)
      ? this.withReferences(message, index, result, sent, references)
      : result;
  }

  private textsOf(message: Message): MessageText[] {
    return compressibleTexts(message, this.turn.config.compressUserMessages);
  }

  /** In `lossy_inline` nothing tells a lossy text from a lossless one. */
  private isReadable(text: string, shown: string): boolean {
    return shown === text || (this.turn.config.mode === 'ccr' && markerHashes(shown).length === 0);
  }

  private smallest(
    { text, toolCallId }: MessageText,
    read: ReadText,
    shown: string,
    index: number,
    name: string | undefined,
  ): Reference | undefined {
    if (text.length < MIN_CHARACTERS || markerHashes(text).length > 0) return undefined;
    const { counter, config } = this.turn;
    const tool = this.turn.callOf(toolCallId, index)?.name ?? name;
    if (isRetrieveTool(tool) || (tool !== undefined && isSkipped(config.toolProfiles, tool)))
      return undefined;
    const hash = config.mode === 'lossy_inline' ? undefined : hashOriginal(text);
    const now = counter.countText(shown);
    const limit = Math.min(now * WORTHWHILE_SHARE, now - WORTHWHILE_TOKENS);
    let best: Reference | undefined;
    for (const candidate of referencesFor(read, this.earlier, hash)) {
      const tokens = counter.countText(candidate.text);
      if (tokens <= limit && tokens < (best?.tokens ?? Number.POSITIVE_INFINITY))
        best = { ...candidate, tokens };
    }
    return best;
  }

  private withReferences(
    message: Message,
    index: number,
    result: MessageResult,
    sent: readonly MessageText[],
    references: readonly (Reference | undefined)[],
  ): MessageResult {
    const { counter, config } = this.turn;
    let next = 0;
    const replacement = replaceTexts(
      result.replacement ?? message,
      config.compressUserMessages,
      (shown) => references[next++]?.text ?? shown,
    );
    const originals = sent.flatMap(({ text, toolCallId }, i): Omit<Original, 'userId'>[] => {
      const reference = references[i];
      if (reference === undefined) return [];
      return [
        {
          hash: hashOriginal(text),
          content: text,
          toolName: this.turn.callOf(toolCallId, index)?.name ?? message.name,
          originalTokens: counter.countText(text),
          compressedTokens: reference.tokens,
          originalItemCount: 1,
          compressedItemCount: 0,
        },
      ];
    });
    const referred = new Set(originals.map(({ hash }) => hash));
    const tokensAfter = counter.countMessage(replacement);
    const share = tokensAfter / Math.max(1, result.report.tokensBefore);
    return {
      replacement,
      report: {
        ...result.report,
        reason: 'compressed',
        transforms: [
          ...(referred.size === sent.length ? [] : result.report.transforms),
          `repetition:${share.toFixed(2)}`,
        ],
        tokensAfter,
        refersTo: [...new Set(references.flatMap((reference) => reference?.refersTo ?? []))],
      },
      originals: [...result.originals.filter(({ hash }) => !referred.has(hash)), ...originals],
    };
  }
}

function isSkipped(profiles: Turn['config']['toolProfiles'], tool: string): boolean {
  return Object.hasOwn(profiles, tool) && profiles[tool]?.skipCompression === true;
}
