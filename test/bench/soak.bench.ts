import { residentMegabytes } from './resident-memory.js';
import { spawnServer } from '../support/spawn-server.js';
import { PEER_CASES } from './compression/peer-cases.js';
import { quantile, seededRandom } from './samples.js';
import { ms, printTable } from './table.js';

const REQUESTS = 10_000;
const PARALLEL = 4;
/** One row of the table per this many requests. */
const WINDOW = 1000;
/** Cases of each kind; they come back, as in conversations that go on, beside ones never seen. */
const SEEDS = 40;
/** Most prompts are small; one in this many is as large as it comes. */
const LARGE_EVERY = 20;
const SMALL_CHARACTERS = 40_000;

interface Sample {
  readonly elapsed: number;
  readonly saved: number;
  readonly ok: boolean;
}

/** 10,000 mixed prompts through `POST /v1/compress` of a spawned server: what it holds must not grow with them. */
export async function benchmarkSoak(): Promise<void> {
  const server = await spawnServer();
  const rows: string[][] = [];
  const random = seededRandom(5);
  try {
    for (let done = 0; done < REQUESTS; done += WINDOW) {
      const samples: Sample[] = [];
      const start = performance.now();
      await Promise.all(
        Array.from({ length: PARALLEL }, async () => {
          while (samples.length < WINDOW) samples.push(await compressOne(server.url, random));
        }),
      );
      rows.push(windowRow(done + WINDOW, samples, performance.now() - start, residentMegabytes(server.pid)));
    }
  } finally {
    await server.stop();
  }
  printTable(
    `Soak: ${REQUESTS} mixed prompts, ${PARALLEL} at a time (the memory of the process must level off)`,
    ['after', 'RSS MB', 'requests/s', 'p50 ms', 'p95 ms', 'failed', 'tokens saved'],
    rows,
  );
}

async function compressOne(url: string, random: () => number): Promise<Sample> {
  const { text, query } = prompt(random);
  const start = performance.now();
  const response = await fetch(`${url}/v1/compress`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'gpt-4o',
      messages: [
        { role: 'user', content: query },
        { role: 'tool', tool_call_id: 'call_1', content: text },
      ],
    }),
  });
  const body = (await response.json()) as { tokens_saved?: number };
  return { elapsed: performance.now() - start, saved: body.tokens_saved ?? 0, ok: response.ok };
}

function prompt(random: () => number): { text: string; query: string } {
  const pick = PEER_CASES[Math.floor(random() * PEER_CASES.length)];
  if (pick === undefined) throw new Error('There are no cases to send.');
  const { text, query } = pick.make(Math.floor(random() * SEEDS));
  const isLarge = random() * LARGE_EVERY < 1;
  // Cut in the middle of whatever it is: half of what agents read is broken off somewhere.
  return { text: isLarge ? text : text.slice(0, Math.ceil(random() * SMALL_CHARACTERS)), query };
}

function windowRow(done: number, samples: readonly Sample[], took: number, resident: number): string[] {
  const elapsed = samples.map((sample) => sample.elapsed);
  return [
    String(done),
    resident.toFixed(0),
    ((1000 * samples.length) / took).toFixed(0),
    ms(quantile(elapsed, 0.5)),
    ms(quantile(elapsed, 0.95)),
    String(samples.filter(({ ok }) => !ok).length),
    String(samples.reduce((sum, { saved }) => sum + saved, 0)),
  ];
}
