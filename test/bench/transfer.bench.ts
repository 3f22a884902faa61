import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';
import { Bystander } from './bystander.js';
import { residentParts, type ResidentParts } from './resident-memory.js';
import { quantile, seededRandom } from './samples.js';
import { chosenSizes } from './sizes.js';
import { ms, printTable } from './table.js';

const SIZES = [100_000, 1_000_000];
const LINES_PER_PIECE = 200;
const WATCH_EVERY_MS = 250;
/** Every so many lines one supersedes the one before: links must be kept in mind until the end. */
const LINKED_EVERY = 10;
const WORDS =
  'garden invoice sister database recipe train guitar release dog river office lunch spring phone town'.split(
    ' ',
  );

interface Passage {
  readonly lines: number;
  readonly seconds: number;
  readonly peak: ResidentParts;
  /** Milliseconds that requests beside it took: one that asks nothing of the store, and one that reads from it. */
  readonly live: readonly number[];
  readonly read: readonly number[];
}

/**
 * Import, repeated import and export over HTTP into an empty embedded store, what the server held meanwhile and how long
 * others waited. `BENCH_SIZES=10000,…` chooses how many lines.
 */
export async function benchmarkTransfer(): Promise<void> {
  const rows: string[][] = [];
  for (const size of chosenSizes('Transfer', SIZES)) {
    const server = await spawnServer();
    try {
      const idle = residentParts(server.pid);
      const row = (name: string, { lines, seconds, peak, live, read }: Passage): void => {
        console.log(`${name}: ${lines} lines in ${seconds.toFixed(1)} s, at most ${mb(peak.anonymous)} MB`);
        const cells = [String(lines), seconds.toFixed(1), String(Math.round(lines / seconds))];
        const waits = [live, read].flatMap((took) => [
          quantile(took, 0.5),
          quantile(took, 0.99),
          Math.max(...took),
        ]);
        rows.push([name, ...cells, ...waits.map(ms), mb(idle.anonymous), mb(peak.anonymous), mb(peak.file)]);
      };
      row('import', await watched(server, () => importLines(server, size)));
      row('import again (all skipped)', await watched(server, () => importLines(server, size)));
      row('export', await watched(server, () => exportLines(server)));
    } finally {
      await server.stop();
    }
  }
  printTable(
    'Memories in and out over HTTP, one user, SQLite, no embedder; every tenth line supersedes the one before',
    [
      'passage',
      'lines',
      'seconds',
      'lines/s',
      'livez p50 ms',
      'p99',
      'most',
      'read p50 ms',
      'p99',
      'most',
      'idle MB',
      'peak MB',
      'mapped files MB',
    ],
    rows,
  );
}

async function importLines({ url }: SpawnedServer, size: number): Promise<number> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const sending = request(`${url}/v1/memories/import`, { method: 'POST', headers });
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
  await pipeline(Readable.from(pieces(size), { objectMode: false }), sending);
  const [response] = await answered;
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += String(piece);
  const { imported, skipped, failed } = JSON.parse(text) as Record<string, number>;
  if (failed !== 0 || (imported ?? 0) + (skipped ?? 0) !== size) throw new Error(text.slice(0, 500));
  return size;
}

async function exportLines({ url }: SpawnedServer): Promise<number> {
  const [response] = (await once(request(`${url}/v1/memories/export?user_id=bench`).end(), 'response')) as [
    IncomingMessage,
  ];
  let lines = 0;
  for await (const piece of response) {
    for (const byte of piece as Buffer) if (byte === 0x0a) lines++;
  }
  return lines;
}

function* pieces(size: number): Generator<string> {
  const random = seededRandom(7);
  const word = (): string => WORDS[Math.floor(random() * WORDS.length)] ?? '';
  const start = Date.parse('2026-01-01T00:00:00.000Z');
  for (let at = 0; at < size; at += LINES_PER_PIECE) {
    let piece = '';
    for (let i = at; i < Math.min(at + LINES_PER_PIECE, size); i++) {
      const content = `${word()} ${word()} number ${i} ${word()} ${word()} and ${word()} ${word()}`;
      piece += `${JSON.stringify({ id: idOf(i), user_id: 'bench', content, ...linkOf(i, start) })}\n`;
    }
    yield piece;
  }
}

function linkOf(i: number, start: number): object {
  const at = (n: number): string => new Date(start + n * 1000).toISOString();
  const created = { created_at: at(i) };
  if (i % LINKED_EVERY === 1) return { ...created, supersedes: idOf(i - 1) };
  if (i % LINKED_EVERY !== 0) return created;
  return { ...created, superseded_by: idOf(i + 1), valid_until: at(i + 1), superseded_at: at(i + 1) };
}

const mb = (megabytes: number): string => megabytes.toFixed(0);
const idOf = (i: number): string => `mem_0190${String(i).padStart(28, '0')}`;

async function watched(server: SpawnedServer, pass: () => Promise<number>): Promise<Passage> {
  let peak = residentParts(server.pid);
  const watch = setInterval(() => {
    const { anonymous, file } = residentParts(server.pid);
    peak = { anonymous: Math.max(peak.anonymous, anonymous), file: Math.max(peak.file, file) };
  }, WATCH_EVERY_MS);
  const bystanders = [
    new Bystander(`${server.url}/livez`),
    new Bystander(`${server.url}/v1/memories/stats?user_id=bystander`),
  ];
  const start = performance.now();
  try {
    const lines = await pass();
    const seconds = (performance.now() - start) / 1000;
    const [live = [], read = []] = await Promise.all(bystanders.map((one) => one.end()));
    return { lines, seconds, peak, live, read };
  } finally {
    clearInterval(watch);
    await Promise.all(bystanders.map((one) => one.dismiss()));
  }
}
