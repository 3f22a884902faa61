import { type Durability, hashOriginal, type Original, type OriginalStore } from '#libs/ccr';
import type { CompressionSettings, Compressor } from '#libs/compression';
import type { Caller, Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import type { SharedContent, SharedEntry } from './entry.js';
import { messagesIn, withMessages } from './message-array.js';

/** A content and its compressed view, with what each costs. */
export type CompressedContent = Pick<
  SharedEntry,
  'hash' | 'contentKind' | 'original' | 'compressed' | 'originalTokens' | 'compressedTokens' | 'transforms'
>;

/** What is handed over is not what was just read and will be edited: code too is outlined; system prompts stay. */
const SETTINGS: CompressionSettings = { protectRecentCode: 0, cacheAligner: { enabled: false } };

/** Whose contents they are, and how they are counted and kept. */
export interface ContentOptions {
  /** Counts the tokens. */
  readonly model?: string | undefined;
  /** Owns the originals. */
  readonly userId?: string | undefined;
  /** Default `now`. */
  readonly durability?: Durability | undefined;
}

/** Compresses what agents share. Originals are stored before anybody sees a marker. */
export class ContentCompression {
  constructor(
    private readonly compressor: Compressor,
    private readonly originals: OriginalStore,
    private readonly loadCounter: (model?: string) => Promise<TokenCounter> = loadTokenCounter,
  ) {}

  /**
   * A JSON array of messages becomes smaller through its tool results, message by message; anything else is compressed
   * as the pipeline compresses one tool's output. The original is retrievable by its hash, compressed or not.
   */
  async compress(
    caller: Caller,
    content: SharedContent,
    { model, userId, durability }: ContentOptions = {},
  ): Promise<CompressedContent> {
    const counter = await this.loadCounter(model);
    const array = messagesIn(content.text);
    const messages: readonly Message[] = array ?? [{ role: 'tool', content: content.text }];
    const outcome = await this.compressor.compress(
      caller,
      { messages, model, userId, config: SETTINGS },
      { durability },
    );
    const frame =
      array === undefined ? counter.countMessages([{ role: 'tool', content: '' }]) : counter.replyTokens;
    const replaced = outcome.messages.map((message, index) => (outcome.changed[index] ? message : undefined));
    const view: CompressedContent = {
      hash: hashOriginal(content.text),
      contentKind: content.kind,
      original: content.text,
      compressed:
        array === undefined ? onlyText(replaced, content.text) : withMessages(content.text, replaced),
      originalTokens: outcome.tokensBefore - frame,
      compressedTokens: outcome.tokensAfter - frame,
      transforms: outcome.transforms,
    };
    if (!outcome.originals.some(({ hash }) => hash === view.hash)) {
      await this.originals.put(caller, [originalOf(view, userId, messages.length)], durability);
    }
    return view;
  }

  /** Brings the originals that an entry's view names back from the entry, and starts their lives anew. */
  async renew(caller: Caller, entry: SharedEntry, options: Omit<ContentOptions, 'userId'>): Promise<void> {
    const { contentKind: kind, original: text, userId } = entry;
    await this.compress(caller, { kind, text }, { ...options, userId });
  }
}

function onlyText([replaced]: readonly (Message | undefined)[], text: string): string {
  return typeof replaced?.content === 'string' ? replaced.content : text;
}

function originalOf(view: CompressedContent, userId: string | undefined, items: number): Original {
  return {
    hash: view.hash,
    content: view.original,
    userId,
    originalTokens: view.originalTokens,
    compressedTokens: view.compressedTokens,
    originalItemCount: items,
    compressedItemCount: items,
  };
}
