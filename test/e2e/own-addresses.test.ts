import { expect, it } from 'vitest';
import { anApp } from '../support/an-app.js';

/** Parts of a provider's addresses that are ours to answer too. */
const PROVIDERS = new Set(['chat', 'messages']);

it('what is unknown below an address of this service is told here and sent to no provider', async () => {
  const app = await anApp();
  try {
    const { body } = await app.send('GET', '/openapi.json');
    const paths = Object.keys(body['paths'] as object);
    const own = new Set(paths.flatMap((path) => /^\/v1\/([^/]+)/.exec(path)?.[1] ?? []));
    for (const first of [...own].filter((part) => !PROVIDERS.has(part))) {
      const { status, body: answer } = await app.send('GET', `/v1/${first}/no/such/thing`);
      expect([first, status, answer['type']]).toEqual([first, 404, 'urn:headroom:error:not_found']);
    }
  } finally {
    await app.close();
  }
});
