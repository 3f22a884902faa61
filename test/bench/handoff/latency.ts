import { JsonClient } from '../json-client.js';
import { quantile, timed } from '../samples.js';
import { ms, printTable } from '../table.js';
import type { Deployment } from './deployments.js';
import { toolOutput } from './records.js';

const CONTEXT = '/v1/shared-contexts/latency';
const SIZES = [
  { name: '4 KB', characters: 4_096, rounds: 200, target: 'p50 ≤ 3' },
  { name: '100 KB', characters: 102_400, rounds: 60, target: '' },
] as const;
const WARM_UP = 20;
const OPERATIONS = ['put', 'get', 'get full', 'hand over', 'accept'] as const;
type Operation = (typeof OPERATIONS)[number];

/** How long one agent waits for each step, and somebody else beside it; milliseconds. */
export async function measureLatency({ name, urls }: Deployment): Promise<Readonly<Record<string, unknown>>> {
  const [giver, taker] = urls.map((url) => new JsonClient(url)) as [JsonClient, JsonClient];
  const figures: Record<string, unknown> = {};
  const rows: string[][] = [];
  try {
    for (const size of SIZES) {
      const beside = new Bystander(taker);
      const samples = await sampleSteps(giver, taker, size.characters, size.rounds);
      const waited = await beside.stop();
      for (const operation of OPERATIONS)
        rows.push(rowOf(operation, size.name, samples[operation], size.target));
      rows.push(rowOf('another request meanwhile', size.name, waited, ''));
      figures[size.name] = Object.fromEntries(
        OPERATIONS.map((operation) => [operation, quantile(samples[operation], 0.5)]),
      );
    }
  } finally {
    giver.close();
    taker.close();
  }
  printTable(`Shared context, ${name} (ms)`, ['operation', 'size', 'p50', 'p95', 'p99', 'target'], rows);
  return figures;
}

async function sampleSteps(
  giver: JsonClient,
  taker: JsonClient,
  characters: number,
  rounds: number,
): Promise<Readonly<Record<Operation, readonly number[]>>> {
  const samples: Record<Operation, number[]> = {
    put: [],
    get: [],
    'get full': [],
    'hand over': [],
    accept: [],
  };
  for (let round = -WARM_UP; round < rounds; round++) {
    const key = `output-${Math.abs(round) % 50}`;
    const entry = `${CONTEXT}/entries/${key}`;
    const step = async (operation: Operation, work: () => Promise<string>): Promise<string> => {
      let answer = '';
      const taken = await timed(async () => (answer = await work()));
      if (round >= 0) samples[operation].push(taken);
      return answer;
    };
    const content = toolOutput(characters);
    await step('put', () => giver.put(entry, { content, agent: 'researcher' }));
    await step('get', () => taker.get(entry));
    await step('get full', () => taker.get(`${entry}?full=true`));
    const created = await step('hand over', () =>
      giver.post(`${CONTEXT}/handoffs`, { from: 'researcher', to: 'coder', keys: [key] }),
    );
    const { id } = JSON.parse(created) as { id: string };
    await step('accept', () => taker.post(`${CONTEXT}/handoffs/${id}/accept`, {}));
  }
  return samples;
}

/** Asks something that costs nothing, again and again: what it waits for is a server that is busy. */
class Bystander {
  readonly #waited: number[] = [];
  readonly #done: Promise<void>;
  #isOver = false;

  constructor(client: JsonClient) {
    this.#done = this.#ask(client);
  }

  async stop(): Promise<readonly number[]> {
    this.#isOver = true;
    await this.#done;
    return this.#waited;
  }

  async #ask(client: JsonClient): Promise<void> {
    while (!this.#isOver) {
      this.#waited.push(await timed(() => client.get('/livez')));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

function rowOf(name: string, size: string, samples: readonly number[], target: string): string[] {
  return [name, size, ...[0.5, 0.95, 0.99].map((q) => ms(quantile(samples, q))), target];
}
