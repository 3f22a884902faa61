import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser as promql } from '@prometheus-io/lezer-promql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MetricFamily, readPrometheusText } from '../support/prometheus-text.js';
import { ScriptedProvider, completes } from '../support/scripted-provider.js';
import { send } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const ROOT = join(import.meta.dirname, '../..');

let provider: ScriptedProvider;
let server: SpawnedServer;
const url = (path: string): string => `${server.url}${path}`;

const rows = Array.from({ length: 300 }, (_, id) => ({ id, name: `row ${id}`, load: (id * 37) % 911 }));
const messages = [
  { role: 'user', content: 'look' },
  { role: 'tool', tool_call_id: 'c', content: JSON.stringify(rows) },
];

async function scrape(): Promise<readonly MetricFamily[]> {
  const reply = await send(url('/metrics'));
  expect([reply.status, reply.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  return readPrometheusText(reply.text);
}

async function useEverything(user: string, model: string): Promise<void> {
  await send(url('/v1/compress'), { json: { model, messages } });
  await send(url('/v1/memories'), { json: { user_id: user, content: `${user} plays chess` } });
  await send(url(`/v1/memories?user_id=${user}`));
  await send(url(`/v1/memories/${user}`));
  await send(url(`/nowhere/${user}`));
  await send(url(`/v1/shared-contexts/${user}/entries/${model}`), { method: 'PUT', json: { content: user } });
  provider.answers(completes('Hello there'));
  await send(url('/v1/chat/completions'), {
    json: { model, messages: [{ role: 'user', content: 'hello' }] },
    headers: { 'x-headroom-user-id': user, 'x-headroom-mode': user },
  });
}

beforeAll(async () => {
  provider = await new ScriptedProvider().start();
  server = await spawnServer({ OPENAI_TARGET_API_URL: provider.origin });
  await useEverything('ada', 'gpt-4o');
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});

const valueOf = (families: readonly MetricFamily[], name: string, labels: object = {}): number | undefined =>
  families
    .flatMap(({ samples }) => samples)
    .find(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )?.value;

describe('/metrics', () => {
  test('is text that Prometheus can read', async () => {
    const families = await scrape();
    expect(families.length).toBeGreaterThan(30);
    const isOurs = ({ name }: MetricFamily): boolean => name.startsWith('headroom_');
    expect(families.filter(isOurs).filter(({ samples }) => samples.length === 0)).toEqual([]);
  });

  test('counts what was done, under the documented names', async () => {
    const families = await scrape();
    expect(valueOf(families, 'headroom_requests_total', { mode: 'optimize' })).toBe(2);
    expect(valueOf(families, 'headroom_requests_total', { mode: 'audit' })).toBe(0);
    expect(valueOf(families, 'headroom_tokens_saved_total')).toBeGreaterThan(1_000);
    expect(valueOf(families, 'headroom_compression_ratio_bucket', { le: '0.5' })).toBe(1);
    expect(valueOf(families, 'headroom_latency_seconds_bucket', { le: '60' })).toBe(2);
    expect(valueOf(families, 'headroom_cache_hits_total')).toBe(0);
    expect(valueOf(families, 'headroom_cache_misses_total')).toBe(0);
  });

  test('tells of routes, store, jobs, event loop and memory', async () => {
    const families = await scrape();
    const answers = 'headroom_http_request_duration_seconds_count';
    expect(valueOf(families, answers, { method: 'POST', route: '/v1/memories', status: '2xx' })).toBe(1);
    expect(valueOf(families, answers, { route: '/v1/memories/:id', status: '4xx' })).toBe(1);
    for (const operation of ['read', 'write', 'access'])
      expect(valueOf(families, 'headroom_store_latency_seconds_count', { operation })).toBeGreaterThan(0);
    expect(valueOf(families, 'headroom_queue_up')).toBe(1);
    expect(valueOf(families, 'headroom_jobs', { name: 'sweep', state: 'failed' })).toBe(0);
    expect(valueOf(families, 'headroom_job_failures_total', { name: 'sweep', outcome: 'failed' })).toBe(0);
    expect(valueOf(families, 'headroom_job_oldest_seconds', { name: 'sweep' })).toBe(0);
    expect(valueOf(families, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(valueOf(families, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  });

  test('has no more series however many users, models, ids and addresses there are', async () => {
    const series = async (): Promise<readonly string[]> =>
      (await scrape())
        .filter(({ name }) => name.startsWith('headroom_'))
        .flatMap(({ samples }) => samples.map(({ name, labels }) => JSON.stringify([name, labels])))
        .toSorted();
    const before = await series();
    for (let i = 0; i < 10; i++) await useEverything(`user-${i}`, `model-${i}`);
    const after = await series();
    expect(after.filter((one) => !before.includes(one))).toEqual([]);
    expect(after.length).toBeLessThan(600);
  });

  test('is described in docs/operations.md, each metric and nothing else', async () => {
    const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
    const cells = page
      .split('\n')
      .flatMap((line) => /^\| (`(?:headroom|process|nodejs)_[^|]*)\|/.exec(line) ?? []);
    const described = new Set(cells.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name)));
    const exposed = (await scrape()).map(({ name }) => name);
    expect([...described].toSorted()).toEqual(exposed.toSorted());
  });
});

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

describe('the dashboard for Grafana', () => {
  const dashboard = JSON.parse(readFileSync(join(ROOT, 'docker/grafana-dashboard.json'), 'utf8')) as {
    readonly panels: readonly Panel[];
  };
  const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ title, expr: expr.replaceAll('$__rate_interval', '5m') })),
  );

  test.each(queries)('asks for what there is: $title, $expr', async ({ expr }) => {
    const exposed = new Map(
      (await scrape()).flatMap(({ samples }) =>
        samples.map(({ name, labels }) => [name, Object.keys(labels)] as const),
      ),
    );
    let faults = 0;
    const names: string[] = [];
    const labels: string[] = [];
    promql.parse(expr).iterate({
      enter: ({ name, type, from, to, node }) => {
        if (type.isError) faults++;
        if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.push(expr.slice(from, to));
        if (name === 'LabelName') labels.push(expr.slice(from, to));
      },
    });
    expect(faults).toBe(0);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      expect([...exposed.keys()]).toContain(name);
      // `instance` is Prometheus' own.
      expect([...(exposed.get(name) ?? []), 'instance']).toEqual(
        expect.arrayContaining([...new Set(labels)]),
      );
    }
  });
});
