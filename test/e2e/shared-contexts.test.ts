import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anApp, type AnApp } from '../support/an-app.js';

let app: AnApp;
beforeAll(async () => {
  app = await anApp();
});
afterAll(() => app.close());

const AWKWARD = 'a/b %2F "quoted" 😀';
const at = (context: string, key: string) =>
  `/v1/shared-contexts/${encodeURIComponent(context)}/entries/${encodeURIComponent(key)}`;

describe('shared contexts over HTTP', () => {
  it('give JSON back with its number literals', async () => {
    const content = '{"price": 1.0, "id": 12345678901234567890, "__proto__": {"x": 1e21}}';
    const put = await app.send('PUT', at('numbers', 'k'), `{"content": ${content}, "agent": "researcher"}`);
    expect(put.status).toBe(201);
    expect(put.body).toMatchObject({ context: 'numbers', key: 'k', agent: 'researcher', version: 1 });
    const full = await app.send('GET', `${at('numbers', 'k')}?full=true`);
    expect(full.text).toContain(`"content":${content}}`);
    const original = await app.send('POST', '/v1/retrieve', { hash: put.body['hash'] });
    expect(original.body['original_content']).toBe(content);
  });

  it('give text back exactly, NUL and empty strings included', async () => {
    for (const content of [
      '',
      'NUL \u0000 inside',
      'lone \ud800 surrogate',
      '  spaces \r\n',
      '{"json": "as text"}',
    ]) {
      await app.send('PUT', at('texts', 'k'), { content });
      expect((await app.send('GET', `${at('texts', 'k')}?full=true`)).body['content']).toBe(content);
    }
  });

  it('take names of any characters and match them exactly', async () => {
    expect((await app.send('PUT', at(AWKWARD, AWKWARD), { content: 'here' })).status).toBe(201);
    expect((await app.send('GET', at(AWKWARD, AWKWARD))).body).toMatchObject({
      context: AWKWARD,
      key: AWKWARD,
    });
    expect((await app.send('GET', at(AWKWARD, 'a'))).status).toBe(404);
    expect((await app.send('GET', at('a', AWKWARD))).status).toBe(404);
    expect((await app.send('PUT', at('c', 'x'.repeat(512)), { content: 1 })).status).toBe(201);
    expect((await app.send('PUT', at('c', 'x'.repeat(513)), { content: 1 })).status).toBe(400);
  });

  it('compress by default, and give only what matches a query', async () => {
    const rows = Array.from({ length: 200 }, (_, id) => ({
      id,
      status: id === 66 ? 'failed' : 'ok',
      host: `w${id}`,
    }));
    const put = await app.send('PUT', at('crew', 'findings'), { content: JSON.stringify(rows) });
    expect(put.body['savings_percent']).toBeGreaterThan(50);
    const compressed = await app.send('GET', at('crew', 'findings'));
    expect(String(compressed.body['content']).length).toBeLessThan(JSON.stringify(rows).length / 2);
    const matched = await app.send('GET', `${at('crew', 'findings')}?query=failed`);
    expect(JSON.parse(String(matched.body['content']))).toEqual([rows[66]]);
    const stats = await app.send('GET', '/v1/shared-contexts/crew/stats');
    expect(stats.body).toMatchObject({ entries: 1, total_original_tokens: put.body['original_tokens'] });
  });

  it('are guarded by ETags', async () => {
    const first = await app.send('PUT', at('tags', 'k'), { content: 'one' }, { 'if-none-match': '*' });
    expect(first.headers['etag']).toBe('"1"');
    const again = await app.send('PUT', at('tags', 'k'), { content: 'two' }, { 'if-none-match': '*' });
    expect(again.status).toBe(412);
    expect(again.body).toMatchObject({ error: { type: 'precondition_failed' } });
    expect((await app.send('PUT', at('tags', 'k'), { content: 'two' }, { 'if-match': '"1"' })).status).toBe(
      200,
    );
    expect((await app.send('PUT', at('tags', 'k'), { content: '3' }, { 'if-match': '"1"' })).status).toBe(
      412,
    );
    expect((await app.send('DELETE', at('tags', 'k'), undefined, { 'if-match': '"1"' })).status).toBe(412);
    expect((await app.send('DELETE', at('tags', 'k'), undefined, { 'if-match': '"2"' })).status).toBe(204);
    expect((await app.send('GET', at('tags', 'k'))).status).toBe(404);
  });

  it('list page by page, newest first, and are emptied at once', async () => {
    for (const key of ['a', 'b', 'c']) await app.send('PUT', at('pages', key), { content: key });
    const first = await app.send('GET', '/v1/shared-contexts/pages/entries?limit=2');
    expect(first.body['data']).toMatchObject([{ key: 'c' }, { key: 'b' }]);
    const cursor = encodeURIComponent(String(first.body['next_cursor']));
    const second = await app.send('GET', `/v1/shared-contexts/pages/entries?limit=2&cursor=${cursor}`);
    expect(second.body).toMatchObject({ data: [{ key: 'a' }], next_cursor: null });
    expect((await app.send('GET', '/v1/shared-contexts/pages/entries?cursor=nonsense')).status).toBe(400);
    expect((await app.send('GET', '/v1/shared-contexts/pages/entries?limit=201')).status).toBe(400);
    expect((await app.send('DELETE', '/v1/shared-contexts/pages/entries')).body).toEqual({
      deleted: { entries: 3 },
    });
  });

  it('evict the oldest beyond the configured number', async () => {
    const config = await app.send('PUT', '/v1/shared-contexts/small/config', {
      max_entries: 1,
      ttl_seconds: 60,
    });
    expect(config.body).toEqual({ model: null, ttl_seconds: 60, max_entries: 1 });
    await app.send('PUT', at('small', 'a'), { content: 'a' });
    expect((await app.send('PUT', at('small', 'b'), { content: 'b' })).body['evicted']).toEqual(['a']);
    expect((await app.send('GET', at('small', 'a'))).status).toBe(404);
  });

  it('name every fault of a body', async () => {
    const faulty = await app.send('PUT', at('c', 'k'), { agent: 7, nope: true });
    expect(faulty.status).toBe(400);
    expect(faulty.headers['content-type']).toContain('application/problem+json');
    const text = String(faulty.body['detail']);
    for (const field of ['content', 'agent', 'nope']) expect(text).toContain(field);
    expect((await app.send('PUT', at('c', 'k'), '{')).status).toBe(400);
  });

  it('compress code too, with its signatures left', async () => {
    const sums = Array.from({ length: 30 }, (_, i) => `  total += values[${i}] * weights[${i}];`).join('\n');
    const functionOf = (i: number) =>
      `/** Sums number ${i}. */\nexport function sum${i}(values: number[], weights: number[]): number {\n` +
      `  let total = 0;\n${sums}\n  return total;\n}\n`;
    const code = Array.from({ length: 6 }, (_, i) => functionOf(i)).join('\n');
    const put = await app.send('PUT', at('crew', 'code'), { content: code });
    expect(put.body['savings_percent']).toBeGreaterThan(50);
    const outline = String((await app.send('GET', at('crew', 'code'))).body['content']);
    for (let i = 0; i < 6; i++) expect(outline).toContain(`export function sum${i}(`);
    expect((await app.send('GET', `${at('crew', 'code')}?full=true`)).body['content']).toBe(code);
  });

  it('compress messages through their tool results, whether sent as JSON or as its text', async () => {
    const rows = Array.from({ length: 300 }, (_, id) => ({ id, host: `w${id}`, status: 'ok' }));
    const messages = [
      { role: 'user', content: 'Which hosts are up?' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'list', input: { page: 1 } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: JSON.stringify(rows) }] },
    ];
    const text = JSON.stringify(messages, null, 2);
    for (const content of [messages, text]) {
      const put = await app.send('PUT', at('crew', 'talk'), { content });
      expect(put.body['savings_percent']).toBeGreaterThan(50);
      const shown = (await app.send('GET', at('crew', 'talk'))).body['content'];
      const compressed = (typeof shown === 'string' ? JSON.parse(shown) : shown) as typeof messages;
      expect(compressed.slice(0, 2)).toEqual(messages.slice(0, 2));
      expect(compressed[2]?.role).toBe('user');
      const whole = (await app.send('GET', `${at('crew', 'talk')}?full=true`)).body['content'];
      expect(whole).toEqual(content);
    }
    const matched = await app.send('GET', `${at('crew', 'talk')}?query=which+hosts+are+up`);
    expect(JSON.parse(String(matched.body['content']))).toContainEqual(messages[0]);
  });

  it('count tokens as the configured model does', async () => {
    const content = 'How many tokens is this, in the end?';
    const tokens = async (context: string, model?: string): Promise<number> => {
      await app.send('PUT', `/v1/shared-contexts/${context}/config`, model === undefined ? {} : { model });
      const put = await app.send('PUT', at(context, 'k'), { content });
      return Number(put.body['original_tokens']);
    };
    expect(await tokens('counted by claude', 'claude-sonnet-4-5-20250929')).toBeGreaterThan(
      await tokens('counted by default'),
    );
  });

  it('tell what an entry was made from, in the versions of that time', async () => {
    for (const content of ['one', 'two']) await app.send('PUT', at('lineage', 'facts'), { content });
    await app.send('PUT', at('lineage', 'plan'), { content: 'plan', agent: 'planner' });
    const derived_from = ['plan', { key: 'facts', version: 1 }, { key: 'facts' }];
    const put = await app.send('PUT', at('lineage', 'report'), {
      content: 'r',
      agent: 'writer',
      derived_from,
    });
    expect(put.status).toBe(201);
    await app.send('PUT', at('lineage', 'plan'), { content: 'another plan' });
    const sources = [
      { key: 'plan', version: 1 },
      { key: 'facts', version: 1 },
      { key: 'facts', version: 2 },
    ];
    for (const path of [at('lineage', 'report'), '/v1/shared-contexts/lineage/entries']) {
      const { body } = await app.send('GET', path);
      const [entry] = (body['data'] ?? [body]) as { key: string }[];
      const report = entry?.key === 'report' ? entry : (body['data'] as unknown[])[1];
      expect(report).toMatchObject({ agent: 'writer', derived_from: sources });
    }
    const refused = await app.send('PUT', at('lineage', 'report'), {
      content: 'r',
      derived_from: ['plan', 'no'],
    });
    expect(refused.status).toBe(400);
    expect(refused.body['detail']).toContain('derived_from[1]');
  });
});
