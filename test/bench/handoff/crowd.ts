import { EventReader } from '../../support/event-reader.js';
import { JsonClient } from '../json-client.js';
import { quantile, timed } from '../samples.js';
import { ms, printTable } from '../table.js';
import type { Deployment } from './deployments.js';
import { toolOutput } from './records.js';

const AGENTS = 200;
const PATH = '/v1/shared-contexts/crowd';
const OUTPUT_CHARACTERS = 4_096;
const ROUNDS = 3;
const EVENTS_WITHIN_MS = 60_000;

/** What one agent does in a round, and what the context tells of it. */
const EVENTS = ['entry.put', 'handoff.created', 'handoff.accepted'] as const;

/**
 * Many agents at once on one context: each puts an output, hands it to the next and accepts what it was given. Readers
 * on both servers must be told of everything, once and in order.
 */
export async function measureCrowd({ name, urls }: Deployment): Promise<Readonly<Record<string, unknown>>> {
  const clients = urls.map((url) => new JsonClient(url, AGENTS / 2)) as [JsonClient, JsonClient];
  await clients[0].put(`${PATH}/config`, { max_entries: AGENTS * 2 });
  const readers = urls.map((url) => new EventReader(`${url}${PATH}/events`));
  for (const reader of readers) await reader.open();
  const rounds: number[] = [];
  const expected = AGENTS * ROUNDS * EVENTS.length;
  try {
    const wall = await timed(() =>
      Promise.all(
        Array.from({ length: AGENTS }, async (_, agent) => {
          const client = clients[agent % 2 === 0 ? 0 : 1];
          for (let round = 0; round < ROUNDS; round++) {
            rounds.push(await timed(() => playRound(client, agent)));
          }
        }),
      ),
    );
    const told: number[] = [];
    for (const reader of readers) told.push(await timed(() => reader.take(expected, EVENTS_WITHIN_MS)));
    for (const reader of readers) requireEach(reader, expected);
    const operations = (AGENTS * ROUNDS * EVENTS.length) / (wall / 1_000);
    printTable(
      `${AGENTS} agents at once on one context, ${name}`,
      ['figure', 'value'],
      [
        ['put, hand over, accept: p50 ms', ms(quantile(rounds, 0.5))],
        ['put, hand over, accept: p95 ms', ms(quantile(rounds, 0.95))],
        ['operations/s', operations.toFixed(0)],
        ['events to each of two readers', `${expected}, once and in order`],
        ['last event after the last answer, ms', ms(Math.max(...told))],
      ],
    );
    return { operations, p50: quantile(rounds, 0.5), p95: quantile(rounds, 0.95) };
  } finally {
    for (const reader of readers) await reader.close();
    for (const client of clients) client.close();
  }
}

async function playRound(client: JsonClient, agent: number): Promise<void> {
  const [key, me, next] = [`output-${agent}`, `agent-${agent}`, `agent-${(agent + 1) % AGENTS}`];
  await client.put(`${PATH}/entries/${key}`, { content: toolOutput(OUTPUT_CHARACTERS), agent: me });
  const created = await client.post(`${PATH}/handoffs`, { from: me, to: next, keys: [key] });
  const { id } = JSON.parse(created) as { id: string };
  await client.post(`${PATH}/handoffs/${id}/accept`, {});
}

/** @throws Error where an event is missing, came twice or out of its turn. */
function requireEach({ events }: EventReader, expected: number): void {
  if (events.length !== expected) throw new Error(`${expected} events were due, ${events.length} came.`);
  if (new Set(events.map(({ id }) => id)).size !== expected) throw new Error('An event came twice.');
  for (const type of EVENTS) {
    const count = events.filter((event) => event.type === type).length;
    if (count !== expected / EVENTS.length) throw new Error(`${count} events say ${type}.`);
  }
  const accepted = new Set<unknown>();
  const created = new Set<unknown>();
  const versions = new Map<unknown, number>();
  for (const { type, data } of events) {
    if (type === 'handoff.created') created.add(data['handoff_id']);
    if (type === 'entry.put') {
      const before = versions.get(data['key']) ?? 0;
      if (data['version'] !== before + 1)
        throw new Error(`An entry went from ${before} to ${String(data['version'])}.`);
      versions.set(data['key'], before + 1);
    }
    if (type !== 'handoff.accepted') continue;
    if (!created.has(data['handoff_id'])) throw new Error('A handoff was accepted before it was created.');
    if (accepted.has(data['handoff_id'])) throw new Error('A handoff was accepted twice.');
    accepted.add(data['handoff_id']);
  }
}
