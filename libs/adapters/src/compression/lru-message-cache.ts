import { LRUCache } from 'lru-cache';
import type { MessageCache, MessageResult } from '#libs/compression';

/** Results of messages seen lately, bounded by the characters that they hold. */
export class LruMessageCache implements MessageCache {
  private readonly results: LRUCache<string, MessageResult>;

  constructor(maxCharacters: number) {
    this.results = new LRUCache({ maxSize: maxCharacters, sizeCalculation: (result) => sizeOf(result) });
  }

  get(key: string): MessageResult | undefined {
    return this.results.get(key);
  }

  has(key: string): boolean {
    return this.results.has(key);
  }

  set(key: string, result: MessageResult): void {
    this.results.set(key, result);
  }
}

/** What an entry costs beside its texts: its key, its report and its place in the list. */
const ENTRY_CHARACTERS = 500;

function sizeOf({ originals, replacement }: MessageResult): number {
  const kept = originals.reduce((size, { content }) => size + content.length, 0);
  // A replacement is smaller than what it replaces, or nothing else of the message is large.
  return ENTRY_CHARACTERS + kept * (replacement === undefined ? 1 : 2);
}
