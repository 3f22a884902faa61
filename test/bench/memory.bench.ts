import { spawnServer } from '../support/spawn-server.js';
import { median, quantile, seededRandom, timed } from './samples.js';
import { ms, printTable } from './table.js';

const MEMORIES = 10_000;
const SAMPLES = 500;
const WARM_UP = 200;
const subjects = [
  'the build',
  'the invoice',
  'her sister',
  'the garden',
  'the database',
  'a recipe',
  'the train',
  'his guitar',
  'the release',
  'their dog',
];
const verbs = [
  'prefers',
  'visited',
  'repaired',
  'wrote about',
  'forgot',
  'moved',
  'painted',
  'planned',
  'measured',
  'sold',
];
const places = [
  'in Lisbon',
  'at the office',
  'on Sunday',
  'before lunch',
  'in the old town',
  'near the river',
  'at night',
  'in spring',
  'by phone',
  'with Ada',
];

/** Create and search over HTTP at 10,000 memories of one user, keyword arm, embedded store. */
export async function benchmarkMemory(): Promise<void> {
  const server = await spawnServer({ HEADROOM_EMBEDDER: 'none' });
  const random = seededRandom(7);
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? '';
  const sentence = (i: number) =>
    `${pick(subjects)} ${pick(verbs)} number ${i} ${pick(places)}, ${pick(subjects)} too`;
  const post = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
  };
  try {
    const batch = 500;
    const filling = await timed(async () => {
      for (let at = 0; at < MEMORIES; at += batch) {
        const memories = Array.from({ length: batch }, (_, i) => ({
          content: sentence(at + i),
          user_id: 'bench',
        }));
        await post('/v1/memories/batch', { memories });
      }
    });
    const create: number[] = [];
    const search: number[] = [];
    for (let i = -WARM_UP; i < SAMPLES; i++) {
      if (i === 0) [create, search].forEach((samples) => samples.splice(0));
      create.push(
        await timed(() =>
          post('/v1/memories', { content: sentence(MEMORIES + WARM_UP + i), user_id: 'bench' }),
        ),
      );
      const query = `what about ${pick(subjects)} ${pick(verbs)} ${pick(places)}?`;
      search.push(await timed(() => post('/v1/memories/search', { query, user_id: 'bench', top_k: 10 })));
    }
    const row = (name: string, samples: readonly number[], target: string) => [
      name,
      ms(median(samples)),
      ms(quantile(samples, 0.95)),
      ms(quantile(samples, 0.99)),
      target,
    ];
    printTable(
      `Memories over HTTP at ${MEMORIES} of one user (ms, ${SAMPLES} samples after ${WARM_UP} to warm up)`,
      ['operation', 'p50', 'p95', 'p99', 'target p50'],
      [row('create', create, '≤ 3'), row('search', search, '≤ 5')],
    );
    console.log(`filled in batches of ${batch}: ${Math.round(MEMORIES / (filling / 1000))} memories/s`);
  } finally {
    await server.stop();
  }
}
