import { hashOriginal } from '#libs/ccr';
import type { Message } from '#libs/kernel';
import type { CompressionReason } from '../contract.js';
import type { MessageResult } from '../message-cache.js';
import { compressibleTexts, replaceTexts } from '../message-texts.js';
import type { Turn } from '../turn.js';
import { givenAgain } from './given-again.js';
import type { Pins } from './session-pins.js';

/** What was given for want of time or by a fault is decided anew. */
const UNDECIDED: readonly CompressionReason[] = ['deadline', 'failed', 'protected_frozen', 'protected_role'];

/**
 * The texts of a conversation with what their session was given for them before. A text is known by its hash and by how
 * often it stood before: of two equal results the second may be a reference to the first.
 */
export class PinnedTexts {
  /** Decisions of this request. */
  readonly added: Record<string, string | null> = {};
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly turn: Turn,
    private readonly pins: Pins,
  ) {}

  /**
   * A message as the session was given it before; undefined when any of its texts is new. Must be asked for every
   * message, one after the other.
   */
  resultOf(
    message: Message,
    index: number,
  ): { readonly keys: readonly string[]; readonly result?: MessageResult } {
    const texts = compressibleTexts(message, this.turn.config.compressUserMessages);
    const keys = texts.map(({ text }) => this.keyOf(text));
    const isPinned = keys.length > 0 && keys.every((key) => Object.hasOwn(this.pins, key));
    if (!isPinned || index < this.turn.config.frozenMessageCount) return { keys };
    return { keys, result: this.pinnedResult(message, index, keys) };
  }

  /** Notes what becomes of the texts of a message. */
  add(keys: readonly string[], message: Message, { replacement, report }: MessageResult): void {
    if (UNDECIDED.includes(report.reason)) return;
    const { compressUserMessages } = this.turn.config;
    const sent = compressibleTexts(message, compressUserMessages);
    const given = compressibleTexts(replacement ?? message, compressUserMessages);
    for (const [i, key] of keys.entries()) {
      const text = given[i]?.text;
      if (!Object.hasOwn(this.pins, key))
        this.added[key] = text === undefined || text === sent[i]?.text ? null : text;
    }
  }

  private keyOf(text: string): string {
    const name = `${this.turn.config.mode} ${hashOriginal(text)}`;
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    return `${name} ${String(count)}`;
  }

  private pinnedResult(message: Message, index: number, keys: readonly string[]): MessageResult {
    const given = keys.map((key) => this.pins[key] ?? null);
    if (given.every((text) => text === null)) return givenAgain(this.turn, message, index, null);
    const { compressUserMessages } = this.turn.config;
    let next = 0;
    const replacement = replaceTexts(message, compressUserMessages, (text) => given[next++] ?? text);
    return givenAgain(this.turn, message, index, replacement);
  }
}
