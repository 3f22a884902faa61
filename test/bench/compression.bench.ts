import { benchmarkCode } from './compression/code.js';
import { benchmarkConversations } from './compression/conversations.js';
import { benchmarkDiffs } from './compression/diff.js';
import { benchmarkHtml } from './compression/html.js';
import { benchmarkImages } from './compression/images.js';
import { benchmarkJson } from './compression/json.js';
import { benchmarkLogs } from './compression/logs.js';
import { benchmarkPathological } from './compression/pathological.js';
import { benchmarkPeers } from './compression/peers.js';
import { benchmarkRouter } from './compression/router.js';
import { benchmarkSearch } from './compression/search.js';
import { benchmarkTokens } from './compression/tokens.js';
import { benchmarkText } from './compression/text.js';

/** One table per kind of content; each part measures what it names and says which data it read. */
const PARTS: readonly (() => Promise<void>)[] = [
  benchmarkCode,
  benchmarkConversations,
  benchmarkDiffs,
  benchmarkHtml,
  benchmarkImages,
  benchmarkJson,
  benchmarkLogs,
  benchmarkPathological,
  benchmarkPeers,
  benchmarkRouter,
  benchmarkSearch,
  benchmarkTokens,
  benchmarkText,
];

export async function benchmarkCompression(): Promise<void> {
  for (const part of PARTS) await part();
}
