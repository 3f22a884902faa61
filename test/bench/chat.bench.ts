import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request as send } from 'node:http';
import { spawnServer } from '../support/spawn-server.js';
import { startPortkey } from './peers/portkey.js';
import { freePort, startPeer } from './peers/process.js';
import { median, quantile } from './samples.js';
import { ms, printTable, ratio } from './table.js';

interface ChatMessage {
  role: string;
  content: unknown;
  [field: string]: unknown;
}

interface Way {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Sample {
  readonly firstByte: number;
  readonly total: number;
}

const ROUNDS = 300;
/** Until the compiler of every way has settled. */
const WARM_UP = 200;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/**
 * Added latency of the chat route, every way in the same interleaved run: direct, through a bare pass-through,
 * through us, and through Portkey's gateway. A long conversation grows by one turn a request, as agents send them; a
 * short one keeps its size.
 */
export async function benchmarkChat(): Promise<void> {
  const [upstreamPort, passPort] = [await freePort(), await freePort()];
  const peers = join(import.meta.dirname, 'peers');
  const upstream = await startPeer([join(peers, 'upstream.mjs')], upstreamPort, {
    PORT: String(upstreamPort),
  });
  const passThrough = await startPeer([join(peers, 'pass-through.mjs')], passPort, {
    PORT: String(passPort),
    UPSTREAM: upstream.url,
  });
  const server = await spawnServer({ OPENAI_TARGET_API_URL: upstream.url });
  const portkey = await startPortkey();
  const ways: Way[] = [
    { name: 'direct', url: upstream.url, headers: {} },
    { name: 'pass-through', url: passThrough.url, headers: {} },
    { name: 'headroom', url: server.url, headers: {} },
  ];
  if (portkey !== null) {
    const headers = { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${upstream.url}/v1` };
    ways.push({ name: 'portkey', url: portkey.url, headers });
  }
  try {
    for (const size of [1_000, 400_000]) {
      await report(
        `Chat route, ${size / 1000} KB, whole answer`,
        ways,
        size,
        false,
        (sample) => sample.total,
      );
    }
    await report('Chat route, 1 KB, first streamed byte', ways, 1_000, true, (sample) => sample.firstByte);
    await report(
      'Chat route, 400 KB, first streamed byte',
      ways,
      400_000,
      true,
      (sample) => sample.firstByte,
    );
  } finally {
    await server.stop();
    portkey?.stop();
    passThrough.stop();
    upstream.stop();
    agent.destroy();
  }
}

async function report(
  title: string,
  ways: readonly Way[],
  bytes: number,
  stream: boolean,
  pick: (sample: Sample) => number,
): Promise<void> {
  const history = conversation(bytes);
  const samples = new Map<string, number[]>(ways.map((way) => [way.name, []]));
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    const turn = [
      { role: 'assistant', content: `Step ${round} is done.` },
      { role: 'user', content: `Go on with step ${round + 1}.` },
    ];
    const messages = [...history, ...turn];
    if (bytes > 10_000) history.push(...turn);
    const body = JSON.stringify({ model: 'gpt-4o', messages, ...(stream ? { stream: true } : {}) });
    for (let place = 0; place < ways.length; place++) {
      const way = ways[(place + round) % ways.length];
      if (way === undefined) continue;
      const sample = await ask(way, body);
      if (round >= WARM_UP) samples.get(way.name)?.push(pick(sample));
    }
  }
  const of = (name: string) => samples.get(name) ?? [];
  const base = median(of('pass-through'));
  const direct = median(of('direct'));
  printTable(
    `${title} (ms, ${ROUNDS} interleaved rounds after ${WARM_UP} to warm up)`,
    ['way', 'p50', 'p95', 'added to pass-through', 'added to direct', 'of pass-through'],
    ways.map(({ name }) => {
      const p50 = median(of(name));
      return [
        name,
        ms(p50),
        ms(quantile(of(name), 0.95)),
        ms(p50 - base),
        ms(p50 - direct),
        ratio(p50, base),
      ];
    }),
  );
}

async function ask(way: Way, body: string): Promise<Sample> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      authorization: 'Bearer sk-bench',
      ...way.headers,
    };
    const outgoing = send(`${way.url}/v1/chat/completions`, { method: 'POST', headers, agent }, (answer) => {
      let firstByte = 0;
      answer.on('data', () => (firstByte ||= performance.now() - start));
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve({ firstByte, total: performance.now() - start });
        else reject(new Error(`${way.name} answered ${answer.statusCode ?? 0}.`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A real agent conversation cut at the size wanted; a made one where the data is not there. */
function conversation(bytes: number): ChatMessage[] {
  const file = join('..', 'shared', 'data', 'conversations', 'pi-session.jsonl');
  const messages: ChatMessage[] = [{ role: 'system', content: 'You are a careful agent.' }];
  let size = 0;
  const add = (message: ChatMessage) => {
    messages.push(message);
    size += JSON.stringify(message).length;
  };
  if (bytes > 10_000 && existsSync(file)) {
    const session = JSON.parse(readFileSync(file, 'utf8').split('\n')[0] ?? '') as {
      messages: ChatMessage[];
    };
    for (const message of session.messages) {
      if (size >= bytes) break;
      add(message);
    }
  }
  for (let i = 0; size < bytes; i++) {
    add({
      role: i % 2 === 0 ? 'user' : 'assistant',
      content: `Message ${i}: the quick brown fox looks at case ${i * 7919}. `.repeat(4),
    });
  }
  return messages;
}
