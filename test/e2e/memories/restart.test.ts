import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anApp } from '../../support/an-app.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'headroom-restart-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

it('a stop loses no read that was not yet counted', async () => {
  const before = await anApp({ HEADROOM_DATA_DIR: dataDir });
  const made = await before.send('POST', '/v1/memories', { user_id: 'ann', content: 'Likes tea' });
  for (let i = 0; i < 2; i++) {
    await before.send('POST', '/v1/memories/search', { user_id: 'ann', query: 'tea' });
  }
  await before.close();
  const after = await anApp({ HEADROOM_DATA_DIR: dataDir });
  try {
    const read = await after.send('GET', `/v1/memories/${String(made.body['id'])}`);
    expect(read.body).toMatchObject({ access_count: 2, version: 1 });
  } finally {
    await after.close();
  }
});

it('a deleted memory leaves no byte behind, not in a replayed answer either', async () => {
  const app = await anApp({ HEADROOM_DATA_DIR: dataDir });
  const holding = (text: string): string[] =>
    readdirSync(dataDir).filter((name) => readFileSync(join(dataDir, name)).includes(text));
  try {
    const path = '/v1/memories';
    const fact = { user_id: 'ann', content: 'The needle is Zk8qW3vN5x' };
    const made = await app.send('POST', path, fact, { 'idempotency-key': 'of the needle' });
    const kept = { user_id: 'ann', content: 'Likes tea' };
    const other = await app.send('POST', path, kept, { 'idempotency-key': 'of the tea' });
    expect(holding('Zk8qW3vN5x')).not.toEqual([]);
    expect((await app.send('DELETE', `${path}/${String(made.body['id'])}`)).status).toBe(204);
    expect(holding('Zk8qW3vN5x')).toEqual([]);
    const again = await app.send('POST', path, kept, { 'idempotency-key': 'of the tea' });
    expect(again.text).toBe(other.text);
  } finally {
    await app.close();
  }
});
