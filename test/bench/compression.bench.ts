import { benchmarkConversations } from './compression/conversations.js';
import { benchmarkImages } from './compression/images.js';

/** One table per kind of content; each part measures what it names and says which data it read. */
const PARTS: readonly (() => Promise<void>)[] = [benchmarkConversations, benchmarkImages];

export async function benchmarkCompression(): Promise<void> {
  for (const part of PARTS) await part();
}
