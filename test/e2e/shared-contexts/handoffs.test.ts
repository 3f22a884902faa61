import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InProcessWakeups } from '#libs/adapters';
import { Clock } from '#libs/kernel';
import { ContextWakeups } from '#libs/shared-context';
import { anApp, type AnApp, type JsonBody } from '../../support/an-app.js';
import { FakeClock } from '../../support/fake-clock.js';
import { until } from '../../support/until.js';

class CountedWakeups extends InProcessWakeups {
  listening = 0;

  override subscribe(...to: Parameters<InProcessWakeups['subscribe']>): () => void {
    this.listening++;
    const unsubscribe = super.subscribe(...to);
    return () => {
      this.listening--;
      unsubscribe();
    };
  }
}

let app: AnApp;
let clock: FakeClock;
beforeAll(async () => {
  clock = new FakeClock();
  app = await anApp({ HEADROOM_CCR_TTL_SECONDS: '60' }, new Map([[Clock, clock]]));
});
afterAll(() => app.close());

let contexts = 0;
const rows = (n: number) => Array.from({ length: n }, (_, id) => ({ id, host: `web-${id}`, status: 'ok' }));

/** A context of its own, with entries. */
async function aContext(entries: Readonly<Record<string, unknown>> = { plan: 'the plan' }) {
  const base = `/v1/shared-contexts/context ${++contexts}`.replace(' ', '%20');
  const put = (key: string, content: unknown, more: object = {}) =>
    app.send('PUT', `${base}/entries/${key}`, { content, ...more });
  for (const [key, content] of Object.entries(entries)) await put(key, content);
  const give = (body: object, headers?: Record<string, string>) =>
    app.send('POST', `${base}/handoffs`, { from: 'researcher', to: 'writer', ...body }, headers);
  const accept = (id: unknown, headers?: Record<string, string>) =>
    app.send('POST', `${base}/handoffs/${String(id)}/accept`, undefined, headers);
  return { base, put, give, accept };
}

const entriesOf = (body: JsonBody) => body['entries'] as JsonBody[];

describe('a handoff over HTTP', () => {
  it('pins what is there, and gives it to the first who accepts', async () => {
    const { base, put, give, accept } = await aContext({ plan: 'the plan', facts: { price: 1 } });
    const made = await give({ keys: ['facts', 'plan'], note: 'Facts first.' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      status: 'pending',
      from: 'researcher',
      to: 'writer',
      note: 'Facts first.',
      token_budget: null,
      entries: [
        { key: 'facts', version: 1 },
        { key: 'plan', version: 1 },
      ],
      left_out: [],
      accepted_at: null,
    });
    const tokens = entriesOf(made.body).map((entry) => Number(entry['tokens']));
    expect(made.body['tokens']).toBe(tokens.reduce((a, b) => a + b));
    expect(made.headers['location']).toBe(`${base}/handoffs/${String(made.body['id'])}`);

    await put('plan', 'another plan');
    await app.send('DELETE', `${base}/entries/facts`);
    clock.advanceSeconds(3_601);
    const accepted = await accept(made.body['id']);
    expect(accepted.status).toBe(200);
    expect(accepted.body).toMatchObject({
      id: made.body['id'],
      status: 'accepted',
      note: 'Facts first.',
      entries: [
        { key: 'facts', version: 1, content: { price: 1 } },
        { key: 'plan', version: 1, content: 'the plan' },
      ],
    });
    for (let i = 0; i < 2; i++) {
      const again = await accept(made.body['id']);
      expect(again.status).toBe(409);
      expect(again.body).toMatchObject({ error: { type: 'conflict', details: { status: 'accepted' } } });
    }
    const read = await app.send('GET', String(made.headers['location']));
    expect(read.body).toMatchObject({ status: 'accepted', accepted_at: accepted.body['accepted_at'] });
    expect(read.text).not.toContain('"content"');
  });

  it('gives JSON with its number literals', async () => {
    const { base, give, accept } = await aContext({});
    const content = '{"price": 1.0, "id": 12345678901234567890, "__proto__": {"x": 1e21}}';
    await app.send('PUT', `${base}/entries/k`, `{"content": ${content}}`);
    const { text } = await accept((await give({ keys: ['k'] })).body['id']);
    expect(text).toContain(`"content":${content}}`);
  });

  it('fits a budget: compressed contents in the order given, the rest named and one call away', async () => {
    const large = JSON.stringify(rows(300));
    const { base, give, accept } = await aContext({
      large,
      huge: JSON.stringify(rows(3_000)),
      small: 'small',
    });
    const stored = await app.send('GET', `${base}/entries/large`);
    const cost = Number(stored.body['compressed_tokens']);
    const budget = cost + 10;
    const made = await give({ keys: ['large', 'huge', 'small'], token_budget: budget });
    expect(made.body).toMatchObject({
      token_budget: budget,
      entries: [{ key: 'large', tokens: cost }, { key: 'small' }],
      left_out: [{ key: 'huge', version: 1 }],
    });
    expect(made.body['tokens']).toBeLessThanOrEqual(budget);
    expect(made.body['original_tokens']).toBeGreaterThan(budget);
    const accepted = await accept(made.body['id']);
    const [first] = entriesOf(accepted.body);
    expect(String(first?.['content']).length).toBeLessThan(large.length / 2);
    for (const { key, hash } of [...entriesOf(accepted.body), ...(accepted.body['left_out'] as JsonBody[])]) {
      const original = await app.send('POST', '/v1/retrieve', { hash });
      const whole = await app.send('GET', `${base}/entries/${String(key)}?full=true`);
      expect(original.body['original_content']).toBe(whole.body['content']);
    }
    const none = await give({ keys: ['huge', 'large'], token_budget: 1 });
    expect(none.status).toBe(422);
    expect(none.body).toMatchObject({
      error: { type: 'context_over_budget', details: { token_budget: 1, tokens_needed: cost } },
    });
  });

  it('keeps originals retrievable while it is pending, past their own expiry, and after its accepting', async () => {
    const content = JSON.stringify(rows(333));
    const { give, accept } = await aContext({ report: content });
    const made = await give({ keys: ['report'], ttl_seconds: 600 });
    const hash = entriesOf(made.body)[0]?.['hash'];
    clock.advanceSeconds(599);
    expect((await app.send('POST', '/v1/retrieve', { hash })).body['original_content']).toBe(content);
    await accept(made.body['id']);
    clock.advanceSeconds(59);
    expect((await app.send('POST', '/v1/retrieve', { hash })).status).toBe(200);
    clock.advanceSeconds(61);
    expect((await app.send('POST', '/v1/retrieve', { hash })).status).toBe(404);
  });

  it('hands over messages with the parts that their markers name, also when those were gone', async () => {
    const result = JSON.stringify(rows(300));
    const messages = [
      { role: 'user', content: 'List them' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'list', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: result }] },
    ];
    const { give, accept } = await aContext({ talk: messages });
    clock.advanceSeconds(120);
    const made = await give({ keys: ['talk'] });
    clock.advanceSeconds(3_600);
    const accepted = await accept(made.body['id']);
    const shown = entriesOf(accepted.body)[0]?.['content'] as typeof messages;
    expect(shown.slice(0, 2)).toEqual(messages.slice(0, 2));
    const [hash] = /(?<=hash=)[0-9a-f]{24}/.exec(JSON.stringify(shown[2])) ?? [];
    expect((await app.send('POST', '/v1/retrieve', { hash })).body['original_content']).toBe(result);
    const whole = { hash: entriesOf(accepted.body)[0]?.['hash'] };
    const original = await app.send('POST', '/v1/retrieve', whole);
    expect(original.body['original_content']).toBe(JSON.stringify(messages));
  });

  it('expires by itself', async () => {
    const { base, give, accept } = await aContext();
    const made = await give({ keys: ['plan'], ttl_seconds: 5 });
    expect(Date.parse(String(made.body['expires_at'])) - Date.parse(String(made.body['created_at']))).toBe(
      5_000,
    );
    clock.advanceSeconds(5);
    const late = await accept(made.body['id']);
    expect(late.status).toBe(409);
    expect(late.body['detail']).toContain('expired');
    const listed = await app.send('GET', `${base}/handoffs?status=expired`);
    expect(listed.body['data']).toMatchObject([{ id: made.body['id'], status: 'expired' }]);
    expect((await app.send('GET', `${base}/handoffs?status=pending`)).body['data']).toEqual([]);
  });

  it('is made once and accepted once for one Idempotency-Key, with the same answer', async () => {
    const { base, give, accept } = await aContext();
    const key = { 'idempotency-key': 'give' };
    const made = await give({ keys: ['plan'] }, key);
    const repeated = await give({ keys: ['plan'] }, key);
    expect([repeated.status, repeated.text]).toEqual([201, made.text]);
    expect((await give({ keys: ['plan'], note: 'other' }, key)).status).toBe(409);
    expect((await app.send('GET', `${base}/handoffs`)).body['data']).toHaveLength(1);
    const accepted = await accept(made.body['id'], { 'idempotency-key': 'accept' });
    const again = await accept(made.body['id'], { 'idempotency-key': 'accept' });
    expect([again.status, again.text]).toEqual([200, accepted.text]);
    expect((await accept(made.body['id'])).status).toBe(409);
  });

  it('names every fault', async () => {
    const { base, give } = await aContext();
    const faulty = await give({ keys: [], from: '', token_budget: -1, nope: true });
    expect(faulty.status).toBe(400);
    for (const field of ['keys', 'from', 'token_budget', 'nope'])
      expect(String(faulty.body['detail'])).toContain(field);
    const twice = await give({ keys: ['plan', 'plan'] });
    expect(twice.status).toBe(400);
    expect(twice.body['detail']).toContain('keys[1]');
    const missing = await give({ keys: ['plan', 'never', 'nor this'] });
    expect(missing.status).toBe(404);
    expect(missing.body).toMatchObject({ error: { details: { keys: ['never', 'nor this'] } } });
    for (const wait of ['61', 'x', '-1', '']) {
      const refused = await app.send('GET', `${base}/handoffs?wait_seconds=${wait}`);
      expect(refused.status, wait).toBe(400);
      expect(refused.body['detail']).toContain('wait_seconds');
    }
    expect((await app.send('GET', `${base}/handoffs?wait_seconds=61`)).body['detail']).toContain('60');
    expect((await app.send('GET', `${base}/handoffs/none`)).status).toBe(404);
    expect((await app.send('POST', `${base}/handoffs/none/accept`, {})).status).toBe(404);
  });
});

describe('waiting for a handoff', () => {
  it('ends at once when there is one, when one comes, and in time when none does', async () => {
    const { base, give } = await aContext();
    const list = (query: string) => app.send('GET', `${base}/handoffs?${query}`);
    const startedAt = performance.now();
    expect((await list('to=writer&wait_seconds=0.2')).body).toEqual({ data: [], next_cursor: null });
    expect(performance.now() - startedAt).toBeGreaterThan(190);

    const [mine, anothers] = [
      list('to=writer&status=pending&wait_seconds=30'),
      list('to=tester&wait_seconds=1'),
    ];
    await new Promise((resolve) => setTimeout(resolve, 100));
    const made = await give({ keys: ['plan'] });
    expect((await mine).body['data']).toMatchObject([{ id: made.body['id'], status: 'pending' }]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect((await anothers).body['data']).toEqual([]);
    expect((await list('to=writer&wait_seconds=30')).body['data']).toHaveLength(1);
  });

  it('ends when the server stops', async () => {
    const other = await anApp();
    const waiting = other.send('GET', '/v1/shared-contexts/c/handoffs?wait_seconds=60');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const startedAt = performance.now();
    await other.close();
    expect((await waiting).body['data']).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('ends when the client goes away', async () => {
    const wakeups = new CountedWakeups();
    const other = await anApp({}, new Map([[ContextWakeups, wakeups]]));
    try {
      await other.app.listen(0, '127.0.0.1');
      const hangUp = new AbortController();
      const waiting = fetch(`${await other.app.getUrl()}/v1/shared-contexts/c/handoffs?wait_seconds=60`, {
        signal: hangUp.signal,
      });
      await until(
        () => Promise.resolve(wakeups.listening),
        (count) => count === 1,
      );
      hangUp.abort();
      await expect(waiting).rejects.toThrow();
      await until(
        () => Promise.resolve(wakeups.listening),
        (count) => count === 0,
      );
    } finally {
      await other.close();
    }
  });
});
