import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { promptBytes, sharedPrefix } from '../support/context-prefix.js';
import { send, type Reply } from '../support/send.js';
import { sharedLines } from '../support/shared-data.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

type Sent = Readonly<Record<string, unknown>>;

const dataDir = mkdtempSync(join(tmpdir(), 'headroom-prefix-'));
let server: SpawnedServer;
beforeAll(async () => {
  server = await spawnServer({ HEADROOM_DATA_DIR: dataDir });
});
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const post = (path: string, json: unknown): Promise<Reply> => send(`${server.url}${path}`, { json });

async function aConversation(): Promise<string> {
  const made = await post('/v1/conversations', { user_id: 'ann', model: 'gpt-4o' });
  return `/v1/conversations/${String(made.body['id'])}`;
}

async function contextOf(path: string, request: object = {}): Promise<string> {
  const built = await post(`${path}/context`, request);
  expect(built.status, built.text).toBe(200);
  return promptBytes(built.text);
}

async function restart(): Promise<void> {
  await server.kill();
  server = await spawnServer({ HEADROOM_DATA_DIR: dataDir });
}

/** What an agent does in a turn: it asks, reads code, looks at many rows, and reads the same file again. */
function turn(number: number): Sent[] {
  const call = (id: string, name: string, args: object) => ({
    id: `${id}_${number}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  });
  const rows = Array.from({ length: 150 }, (_, id) => ({
    id,
    host: `web-${number}-${id}`,
    status: id === number * 13 ? 'error: disk full' : 'ok',
  }));
  const code = Array.from(
    { length: 60 },
    (_, line) =>
      `export function step${number}x${line}(input: string): string {\n  return input + ${line};\n}`,
  ).join('\n');
  return [
    {
      role: 'user',
      content: `Turn ${number}: what is wrong with web-${number}-${number * 13}? And id ${number}?`,
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        call('rows', 'list_hosts', { turn: number }),
        call('code', 'read', { path: `src/${number}.ts` }),
      ],
    },
    { role: 'tool', tool_call_id: `rows_${number}`, content: JSON.stringify(rows) },
    { role: 'tool', tool_call_id: `code_${number}`, content: code },
    { role: 'assistant', content: `Its disk is full, as row ${number * 13} says.` },
  ];
}

/** Appends turn by turn. @returns for each context but the first how many bytes of the last one it did not keep. */
async function lostBytes(path: string, turns: readonly Sent[][], between: (turn: number) => Promise<object>) {
  const lost: number[] = [];
  let before = '';
  for (const [number, messages] of turns.entries()) {
    expect((await post(`${path}/messages`, { messages })).status).toBe(201);
    const context = await contextOf(path, await between(number));
    if (number > 0) lost.push(Buffer.byteLength(before) - sharedPrefix(before, context));
    before = context;
  }
  return lost;
}

describe('the contexts of consecutive turns', () => {
  it('keep every byte of the one before, whatever was asked and learned meanwhile, and through restarts', async () => {
    const path = await aConversation();
    const turns = Array.from({ length: 8 }, (_, number) => turn(number));
    const lost = await lostBytes(path, turns, async (number) => {
      if (number % 3 === 2) await restart();
      // The model asks for originals, from which it is learned how to compress that tool's outputs.
      const { body } = await post('/v1/compress', { messages: turn(number), model: 'gpt-4o' });
      for (const hash of body['ccr_hashes'] as string[]) await post('/v1/retrieve', { hash, query: 'ok' });
      return { query: `something else ${number}` };
    });
    expect(lost).toEqual(turns.slice(1).map(() => 0));
  });

  it('are smaller than what was said, all the same', async () => {
    const path = await aConversation();
    await post(`${path}/messages`, { messages: [...turn(1), ...turn(2)] });
    const { body } = await post(`${path}/context`, {});
    expect(body['tokens_after']).toBeLessThan(Number(body['tokens_before']) / 2);
  });

  it('begin anew for another model and after a reset, and a fork keeps what it was forked from', async () => {
    const path = await aConversation();
    await post(`${path}/messages`, { messages: [...turn(1), ...turn(2)] });
    const first = await contextOf(path);
    const fork = await post(`${path}/fork`, { at_index: 4 });
    const forked = await contextOf(`/v1/conversations/${String(fork.body['id'])}`);
    expect(sharedPrefix(forked, first)).toBe(Buffer.byteLength(forked));
    expect((await send(`${server.url}${path}/context`, { method: 'DELETE' })).status).toBe(204);
    const anew = await post(`${path}/context`, {});
    expect(anew.text).not.toContain('"pinned:');
    const other = await post(`${path}/context`, { model: 'gpt-4o-mini' });
    expect(other.text).not.toContain('"pinned:');
    expect((await post(`${path}/context`, {})).text).toContain('"pinned:');
  });

  it('bring nothing back that was dropped for the same budget', async () => {
    const path = await aConversation();
    const words = (role: string, text: string) => ({
      role,
      content: `${text} ${'as was said before '.repeat(20)}`,
    });
    for (let number = 0; number < 12; number++) {
      const messages = [words('user', `Question ${number}`), words('assistant', `Answer ${number}`)];
      await post(`${path}/messages`, { messages });
    }
    const request = { token_budget: 900, strategy: 'rolling_window' };
    const first = await post(`${path}/context`, request);
    await post(`${path}/messages`, { messages: [{ role: 'user', content: 'Yes?' }] });
    await restart();
    const second = await post(`${path}/context`, request);
    const droppedOf = ({ body }: Reply): number[] =>
      (body['dropped'] as { index: number }[]).map(({ index }) => index);
    expect(droppedOf(first).length).toBeGreaterThan(0);
    expect(droppedOf(second)).toEqual(expect.arrayContaining(droppedOf(first)));
  });
});

interface Recorded {
  readonly messages: readonly Sent[];
}
const coding = sharedLines('conversations/pi-session.jsonl') as readonly Recorded[] | undefined;

describe.skipIf(coding === undefined)('a recorded coding session, turn by turn', () => {
  it('keeps the beginning of its contexts through a restart', async () => {
    const messages = coding![0]!.messages.slice(0, 240);
    const starts = messages.flatMap(({ role }, i) => (role === 'user' && i > 0 ? [i] : []));
    const turns = [0, ...starts].map((start, i) => messages.slice(start, starts[i] ?? messages.length));
    const path = await aConversation();
    const lost = await lostBytes(path, turns, async (number) => {
      if (number === Math.floor(turns.length / 2)) await restart();
      return {};
    });
    expect(lost.length).toBeGreaterThan(3);
    expect(lost).toEqual(lost.map(() => 0));
  });
});
