import { benchmarkConversations } from './compression/conversations.js';
import { benchmarkHtml } from './compression/html.js';
import { benchmarkImages } from './compression/images.js';
import { benchmarkPathological } from './compression/pathological.js';
import { benchmarkPeers } from './compression/peers.js';

/** One table per kind of content; each part measures what it names and says which data it read. */
const PARTS: readonly (() => Promise<void>)[] = [
  benchmarkConversations,
  benchmarkHtml,
  benchmarkImages,
  benchmarkPathological,
  benchmarkPeers,
];

export async function benchmarkCompression(): Promise<void> {
  for (const part of PARTS) await part();
}
