import type { Peer } from '../../peers/process.js';
import { mean } from '../../recall/scores.js';
import { median, quantile } from '../../samples.js';
import { ms, printTable, ratio } from '../../table.js';
import { AT_ONCE, sampleBursts, sampleCalls } from '../operations.js';
import { MODES, type SizeFigures } from '../ours.js';
import { Sentences } from '../sentences.js';
import { langgraph } from './langgraph.js';
import { mem0 } from './mem0.js';
import type { PeerKind } from './peer.js';
import { serverMemory } from './server-memory.js';

const PEERS: readonly PeerKind[] = [mem0, langgraph, serverMemory];
/** Larger sizes take the peers too long. */
const LARGEST = 10_000;

interface PeerFigures {
  readonly name: string;
  readonly mode: PeerKind['mode'];
  readonly memories: number;
  readonly add: number;
  readonly search: { readonly p50: number; readonly p95: number };
  readonly burst: number;
  readonly hits: number;
}

/** The same texts and questions with other memory packages, beside what our embedded store took in this run. */
export async function comparePeers(
  ours: readonly SizeFigures[],
  embedder: Peer,
): Promise<readonly PeerFigures[]> {
  const sizes = ours.filter(({ memories }) => memories <= LARGEST);
  const theirs: PeerFigures[] = [];
  for (const kind of PEERS) {
    for (const { memories } of sizes) {
      console.error(`${kind.name}: ${memories} memories`);
      try {
        theirs.push(await measurePeer(kind, memories, embedder.url));
      } catch (error) {
        const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
        console.log(`(without ${kind.name} at ${memories}: ${reason ?? ''})`);
      }
    }
  }
  for (const size of sizes) printComparison(size, theirs);
  return theirs;
}

async function measurePeer(kind: PeerKind, memories: number, embeddingsUrl: string): Promise<PeerFigures> {
  const sentences = new Sentences();
  const peer = await kind.start(embeddingsUrl);
  try {
    await peer.fill(sentences.take(memories));
    const add = await sampleCalls(() => peer.add(sentences.next()));
    const hits: number[] = [];
    const ask = async () => hits.push(await peer.search(sentences.nextQuery()));
    const search = await sampleCalls(ask);
    const burst = await sampleBursts(ask);
    return {
      name: kind.name,
      mode: kind.mode,
      memories,
      add: median(add),
      search: { p50: median(search), p95: quantile(search, 0.95) },
      burst: median(burst.walls),
      hits: mean(hits),
    };
  } finally {
    await peer.close();
  }
}

function printComparison(ours: SizeFigures, theirs: readonly PeerFigures[]): void {
  const times = (ratioOf: number, search: readonly number[], burst: number): string[] =>
    [ratioOf, median(search), quantile(search, 0.95), burst].map(ms);
  printTable(
    `Beside other memories at ${ours.memories} of one user (ms; ratios are theirs to ours in the like mode)`,
    [
      'system',
      'add p50',
      'search p50',
      'p95',
      `${AT_ONCE} parallel`,
      'add',
      'search',
      'parallel',
      'mean hits',
    ],
    [
      ...MODES.map((mode) => [
        `headroom, ${mode}`,
        ...times(median(ours.add), ours.search[mode], median(ours.burst[mode].walls)),
      ]),
      ...theirs
        .filter(({ memories }) => memories === ours.memories)
        .map(({ name, mode, add, search, burst, hits }) => [
          name,
          ...[add, search.p50, search.p95, burst].map(ms),
          ratio(add, median(ours.add)),
          ratio(search.p50, median(ours.search[mode])),
          ratio(burst, median(ours.burst[mode].walls)),
          hits.toFixed(1),
        ]),
    ],
  );
}
