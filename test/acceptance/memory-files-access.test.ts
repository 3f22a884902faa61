import { describe, expect, test } from 'vitest';
import { aLine, linesOf, MemoryFiles } from '../support/memory-files.js';
import { send } from '../support/send.js';
import { spawnServer } from '../support/spawn-server.js';

describe('files of memories behind keys', () => {
  test('nobody moves the memories of others', async () => {
    const bootstrap = { authorization: 'Bearer a-bootstrap-key-of-this-test' };
    const locked = await spawnServer({ HEADROOM_API_KEY: 'a-bootstrap-key-of-this-test' });
    try {
      const keyFor = async (bounds: object) => {
        const made = await send(`${locked.url}/v1/keys`, {
          json: { name: 'k', ...bounds },
          headers: bootstrap,
        });
        const key = { authorization: `Bearer ${made.body['key'] as string}` };
        return { key, files: new MemoryFiles(locked.url, key) };
      };
      const ada = await keyFor({ tenant: 'acme', users: ['ada'] });
      const bob = await keyFor({ tenant: 'acme', users: ['bob'] });
      const globex = await keyFor({ tenant: 'globex' });
      const ofBob = aLine({ id: 'mem_bob', user_id: 'bob', content: 'a secret zebra' });
      expect((await bob.files.imported(ofBob)).body).toMatchObject({ imported: 1 });

      const intruding = await ada.files.imported(
        [ofBob, aLine({ id: 'mem_bob', user_id: 'ada' }), aLine({ id: 'mem_ada', user_id: 'ada' })].join(
          '\n',
        ),
      );
      expect(intruding.body).toMatchObject({
        imported: 1,
        failed: 2,
        errors: [
          { line: 1, detail: 'This API key is not allowed to act for that user.' },
          { line: 2, detail: 'id: mem_bob stands for another memory already' },
        ],
      });
      expect(intruding.text).not.toContain('zebra');
      expect((await ada.files.exported('user_id=bob')).status).toBe(403);
      const rollback = { json: { user_id: 'bob', to: '2020-01-01T00:00:00Z' } };
      expect(
        (await send(`${locked.url}/v1/memories/rollback`, { ...rollback, headers: ada.key })).status,
      ).toBe(403);
      for (const path of ['export?user_id=bob', 'import', 'rollback']) {
        const method = path.startsWith('export') ? 'GET' : 'POST';
        expect((await send(`${locked.url}/v1/memories/${path}`, { method })).status).toBe(401);
      }

      expect((await globex.files.exported('user_id=bob')).text).toBe('');
      expect(
        (await send(`${locked.url}/v1/memories/rollback`, { ...rollback, headers: globex.key })).body,
      ).toEqual({ changes: [] });
      expect(
        (await globex.files.imported(aLine({ id: 'mem_bob', user_id: 'bob', content: 'ours' }))).body,
      ).toMatchObject({ imported: 1 });
      expect(linesOf(await globex.files.exported('user_id=bob'))).toMatchObject([{ content: 'ours' }]);
      expect(linesOf(await bob.files.exported('user_id=bob'))).toMatchObject([
        { content: 'a secret zebra', superseded_at: null },
      ]);
    } finally {
      await locked.stop();
    }
  });
});
