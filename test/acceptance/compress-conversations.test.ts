import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedLines } from '../support/shared-data.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

interface Message {
  readonly role: string;
  readonly content?: string | null;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string } }[];
  readonly tool_call_id?: string;
}

interface Conversation {
  readonly id: string;
  readonly messages: readonly Message[];
}

interface Compressed {
  readonly messages: readonly Message[];
  readonly tokens_before: number;
  readonly tokens_after: number;
  readonly tokens_saved: number;
  readonly compression_ratio: number;
  readonly ccr_hashes: readonly string[];
}

let server: SpawnedServer;

beforeAll(async () => {
  server = await spawnServer();
});
afterAll(async () => {
  await server.stop();
});

async function post(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function compress(messages: readonly Message[], tokenBudget?: number): Promise<Compressed> {
  const { status, body } = await post('/v1/compress', {
    messages,
    model: 'gpt-4o',
    token_budget: tokenBudget,
  });
  expect(status).toBe(200);
  return body as Compressed;
}

async function originalOf(hash: string): Promise<string> {
  const { status, body } = await post('/v1/retrieve', { hash });
  expect(status).toBe(200);
  return (body as { original_content: string }).original_content;
}

/** Every tool message has a call of its id before it, in order, and every call that had an answer has one still. */
function pairsOf(messages: readonly Message[]): { readonly results: number; readonly orphans: number } {
  const open: string[] = [];
  let results = 0;
  let orphans = 0;
  for (const message of messages) {
    for (const call of message.tool_calls ?? []) open.push(call.id);
    if (message.role !== 'tool') continue;
    const at = open.lastIndexOf(message.tool_call_id ?? '');
    if (at < 0) orphans++;
    else open.splice(at, 1);
    results++;
  }
  return { results, orphans };
}

function expectConsistent(sent: readonly Message[], got: Compressed): void {
  expect(got.tokens_saved).toBe(got.tokens_before - got.tokens_after);
  expect(got.tokens_after).toBeLessThanOrEqual(got.tokens_before);
  expect(got.compression_ratio).toBeCloseTo(got.tokens_after / got.tokens_before);
  for (const message of got.messages) expect(typeof message.role).toBe('string');
  expect(pairsOf(got.messages).orphans).toBe(pairsOf(sent).orphans);
}

/** Hashes address content: whatever comes back is what was taken out. */
async function expectAllRetrievable(hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const originals = new Map<string, string>();
  for (const hash of hashes) {
    const original = await originalOf(hash);
    expect(createHash('sha256').update(original, 'utf8').digest('hex').slice(0, 24)).toBe(hash);
    originals.set(hash, original);
  }
  return originals;
}

const airline = sharedLines('conversations/tau-bench-airline.jsonl') as readonly Conversation[] | undefined;
const coding = sharedLines('conversations/pi-session.jsonl') as readonly Conversation[] | undefined;

describe.skipIf(airline === undefined)('recorded airline conversations', () => {
  it('keep their shape and lose nothing', async () => {
    let changed = 0;
    for (const { messages } of airline!) {
      const got = await compress(messages);
      expectConsistent(messages, got);
      expect(got.messages).toHaveLength(messages.length);
      const originals = await expectAllRetrievable(got.ccr_hashes);
      got.messages.forEach((message, i) => {
        if (message.content === messages[i]!.content) return;
        changed++;
        expect([...originals.values()]).toContain(messages[i]!.content);
        expect({ ...message, content: null }).toEqual({ ...messages[i], content: null });
      });
    }
    expect(changed).toBeGreaterThan(0);
  });

  it('fit half of their tokens, and what was dropped comes back as it was sent', async () => {
    let dropped = 0;
    for (const { messages } of airline!.slice(0, 20)) {
      const { tokens_after: whole } = await compress(messages);
      const budget = Math.floor(whole * 0.75);
      const { status, body } = await post('/v1/compress', {
        messages,
        model: 'gpt-4o',
        token_budget: budget,
      });
      // A long policy and the last turns alone can be more than the budget; then nothing less will do.
      if (status === 422) continue;
      const got = body as Compressed;
      expect(got.tokens_after).toBeLessThanOrEqual(budget);
      expectConsistent(messages, got);
      const originals = await expectAllRetrievable(got.ccr_hashes);
      const marker = got.messages.find(({ content }) => content?.startsWith('[Earlier context compressed'));
      const hash = /reference '([a-f0-9]{24})'/.exec(marker?.content ?? '')?.[1];
      if (hash === undefined) continue;
      const gone = JSON.parse(originals.get(hash)!) as Message[];
      dropped += gone.length;
      for (const message of gone) expect(messages).toContainEqual(message);
    }
    expect(dropped).toBeGreaterThan(0);
  });
});

describe.skipIf(coding === undefined)('a recorded coding session of 900 messages', () => {
  it('keeps its shape, gives the same bytes twice and loses nothing', async () => {
    const { messages } = coding![0]!;
    const got = await compress(messages);
    expectConsistent(messages, got);
    expect(got.tokens_after).toBeLessThan(got.tokens_before);
    const again = await compress(messages);
    expect(JSON.stringify(again.messages)).toBe(JSON.stringify(got.messages));
    await expectAllRetrievable(got.ccr_hashes);
  });

  it('fits a small budget exactly', async () => {
    const got = await compress(coding![0]!.messages, 20_000);
    expect(got.tokens_after).toBeLessThanOrEqual(20_000);
    expectConsistent(coding![0]!.messages, got);
    await expectAllRetrievable(got.ccr_hashes.slice(0, 50));
  });
});
