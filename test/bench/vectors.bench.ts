import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VectorArena } from '../../libs/adapters/src/vector/exact/vector-arena.js';
import { VectorBlock } from '../../libs/adapters/src/vector/exact/vector-block.js';
import { normalise } from '../../libs/adapters/src/vector/exact/vector.js';
import { HnswWorker } from '../../libs/adapters/src/vector/hnsw/hnsw-worker.js';
import { median, quantile, seededRandom, timed } from './samples.js';
import { ms, printTable } from './table.js';

const DIMENSIONS = 384;
const WANTED = 50;
const QUERIES = 200;
const SIZES = [1_000, 10_000, 100_000];
const ADDED_AT_ONCE = 1_000;

/** The nearest 50 by comparing with all, and by the index: how long each takes, and how many the index finds. */
export async function benchmarkVectors(): Promise<void> {
  const rows: string[][] = [];
  for (const size of SIZES) rows.push(await compare(size));
  printTable(
    `The nearest ${WANTED} of vectors in clusters, ${DIMENSIONS} dimensions (ms, ${QUERIES} queries)`,
    ['vectors', 'exact p50', 'exact p95', 'hnsw p50', 'hnsw p95', 'recall', 'build s'],
    rows,
  );
}

async function compare(size: number): Promise<string[]> {
  const vectors = clustered(size + QUERIES);
  const stored = vectors.slice(0, size);
  const queries = vectors.slice(size);
  const folder = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const block = new VectorBlock(new VectorArena(Number.MAX_SAFE_INTEGER), 'bench', DIMENSIONS);
  const index = new HnswWorker({ files: { folder, name: 'bench' }, dimensions: DIMENSIONS });
  try {
    stored.forEach((vector, i) => block.put(i + 1, vector));
    const building = await timed(async () => {
      for (let start = 0; start < size; start += ADDED_AT_ONCE) {
        const some = stored.slice(start, start + ADDED_AT_ONCE);
        const rows = new Float32Array(some.length * DIMENSIONS);
        some.forEach((vector, i) => {
          rows.set(vector, i * DIMENSIONS);
        });
        await index.ask<'add'>({ kind: 'add', seqs: some.map((_, i) => start + i + 1), vectors: rows });
      }
    });
    const exact: number[] = [];
    const approximate: number[] = [];
    let found = 0;
    for (const query of queries) {
      const nearest = new Set<number>();
      exact.push(
        await timed(() => {
          for (const { seq } of block.rank(query).next(WANTED)) nearest.add(seq);
          return Promise.resolve();
        }),
      );
      approximate.push(
        await timed(async () => {
          const { seqs } = await index.ask<'search'>({ kind: 'search', query, count: WANTED });
          found += seqs.filter((seq) => nearest.has(seq)).length;
        }),
      );
    }
    return [
      String(size),
      ...[exact, approximate].flatMap((samples) => [ms(median(samples)), ms(quantile(samples, 0.95))]),
      (found / (QUERIES * WANTED)).toFixed(4),
      (building / 1000).toFixed(1),
    ];
  } finally {
    await index.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As embeddings of texts lie: about as many clusters as the square root of their number, the same on every run. */
function clustered(count: number): Float32Array[] {
  const random = seededRandom(42);
  const gaussian = () => random() + random() + random() + random() - 2;
  const centres = Array.from({ length: Math.ceil(Math.sqrt(count)) }, () =>
    Array.from({ length: DIMENSIONS }, gaussian),
  );
  return Array.from({ length: count }, () => {
    const centre = centres[Math.floor(random() * centres.length)] ?? [];
    return normalise(Float32Array.from(centre, (value) => value + gaussian()));
  });
}
