import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nearIds } from '../../support/adversarial-ids.js';
import { anApp, type AnApp, type JsonReply } from '../../support/an-app.js';
import { aTenant, BOOTSTRAP_KEY, type ATenant, type Method } from './a-tenant.js';
import { BY_ADDRESS, OF_THE_TENANT, WRITES, type Addresses } from './routes.js';
import { STORES, type OpenedStore } from './stores.js';

const SAME_REQUEST_ID = { 'x-request-id': 'the-same' };

let made = 0;

/** Something of every kind, each with a name or a text that would give it away. */
async function leaveTraces(
  tenant: ATenant,
  userId: string,
): Promise<Addresses & { readonly needle: string }> {
  const nonce = `${process.pid}x${++made}`;
  const [needle, tool] = [`needle${nonce}end`, `tool${nonce}end`];
  const [context, key] = [`context${nonce}end`, `key${nonce}end`];
  const memory = await tenant.send('POST', '/v1/memories', { content: `${needle} quagga`, user_id: userId });
  const conversation = await tenant.send('POST', '/v1/conversations', { user_id: userId });
  const id = String(conversation.body['id']);
  const messages = [{ role: 'user', content: needle }];
  await tenant.send('POST', `/v1/conversations/${id}/messages`, { messages });
  const entry = { content: needle, user_id: userId };
  await tenant.send('PUT', `/v1/shared-contexts/${context}/entries/${key}`, entry);
  const handed = await tenant.send('POST', `/v1/shared-contexts/${context}/handoffs`, {
    from: needle,
    to: needle,
    keys: [key],
    note: needle,
  });
  const compressed = await tenant.send(
    'POST',
    '/v1/compress',
    { messages: aLongResult(tool, needle) },
    {
      'x-headroom-user-id': userId,
    },
  );
  const [hash = ''] = compressed.body['ccr_hashes'] as string[];
  await tenant.send('GET', `/v1/retrieve/${hash}?query=${needle}`);
  const handoff = String(handed.body['id']);
  return { memory: String(memory.body['id']), conversation: id, context, key, handoff, hash, tool, needle };
}

function aLongResult(tool: string, needle: string): object[] {
  const rows = Array.from({ length: 200 }, (_, i) => ({ id: i, text: `row ${i} of ${needle}` }));
  const called = { id: 'call_1', type: 'function', function: { name: tool, arguments: '{}' } };
  return [
    { role: 'user', content: 'List them' },
    { role: 'assistant', content: null, tool_calls: [called] },
    { role: 'tool', tool_call_id: 'call_1', content: JSON.stringify(rows) },
    { role: 'user', content: 'How many?' },
  ];
}

/** Of the same form as the addresses of things, and nobody's. */
function nobodys({ memory, conversation, context, key, handoff, hash, tool }: Addresses): Addresses {
  return {
    memory: lastCharacterChanged(memory),
    conversation: lastCharacterChanged(conversation),
    context: lastCharacterChanged(context),
    key: lastCharacterChanged(key),
    handoff: lastCharacterChanged(handoff),
    hash: lastCharacterChanged(hash),
    tool: lastCharacterChanged(tool),
  };
}

function lastCharacterChanged(address: string): string {
  return address.slice(0, -1) + (address.endsWith('0') ? '1' : '0');
}

/** A reply's bytes without the address that it was asked for. */
function withoutAddress({ status, text }: JsonReply, of: Addresses): { status: number; text: string } {
  const addresses = Object.values(of) as readonly string[];
  return { status, text: addresses.reduce((rest, address) => rest.replaceAll(address, '…'), text) };
}

describe.each(STORES)('a tenant, on $store', ({ isMissing, open }) => {
  describe.skipIf(isMissing)('beside another', () => {
    let app: AnApp;
    let opened: OpenedStore;
    beforeAll(async () => {
      opened = await open();
      app = await anApp({
        HEADROOM_API_KEY: BOOTSTRAP_KEY,
        ...opened.settings,
      });
    });
    afterAll(async () => {
      await app.close();
      await opened.drop();
    });

    it.each(Object.entries(BY_ADDRESS))(
      '%s answers for what is theirs as for what is nobody’s',
      async (operation, asking) => {
        const [mine, theirs] = [await aTenant(app), await aTenant(app)];
        const of = await leaveTraces(theirs, 'ann');
        const method = operation.split(' ')[0] as Method;
        const ask = async (things: Addresses): Promise<{ status: number; text: string }> => {
          const { path, body, headers } = asking(things);
          return withoutAddress(
            await mine.send(method, path, body, { ...SAME_REQUEST_ID, ...headers }),
            things,
          );
        };
        expect(await ask(of)).toEqual(await ask(nobodys(of)));
        // Nothing of it was changed, and to its owner it is there.
        const memory = await theirs.send('GET', `/v1/memories/${of.memory}`);
        expect(memory.body).toMatchObject({ version: 1, superseded_by: null });
        const entry = await theirs.send('GET', `/v1/shared-contexts/${of.context}/entries/${of.key}`);
        expect(entry.body).toMatchObject({ content: of.needle, version: 1 });
        const handoffs = await theirs.send('GET', `/v1/shared-contexts/${of.context}/handoffs`);
        expect(handoffs.body['data']).toMatchObject([{ id: of.handoff, status: 'pending' }]);
        const conversation = await theirs.send('GET', `/v1/conversations/${of.conversation}`);
        expect(conversation.body).toMatchObject({ message_count: 1 });
        expect((await theirs.send('GET', `/v1/retrieve/${of.hash}`)).text).toContain(of.needle);
      },
    );

    it.each(OF_THE_TENANT)('%s is the same whatever they do', async (operation) => {
      const [mine, theirs] = [await aTenant(app), await aTenant(app)];
      const path = operation.slice('GET '.length);
      const read = async (): Promise<string> =>
        (await mine.send('GET', path)).text.replace(/"(uptime_seconds|generated_at)":[^,}]+/g, '"$1":0');
      const before = await read();
      await leaveTraces(theirs, 'ann');
      expect(await read()).toBe(before);
    });

    it.each(OF_THE_TENANT)(
      '%s tells a key that is bound to users nothing of the others',
      async (operation) => {
        const whole = await aTenant(app);
        const bound = await aTenant(app, whole.tenant, ['ann']);
        const of = await leaveTraces(whole, 'bob');
        const { text } = await bound.send('GET', operation.slice('GET '.length));
        for (const trace of [of.needle, of.hash, of.memory, of.conversation, '"bob"'])
          expect(text).not.toContain(trace);
      },
    );

    it.each(Object.entries(WRITES))(
      '%s meets nothing alike of another tenant or of a user of nearly the same id',
      async (operation, asking) => {
        await fc.assert(
          fc.asyncProperty(nearIds, async (users) => {
            const tenants = [await aTenant(app), await aTenant(app)];
            const texts: string[] = [];
            for (const tenant of tenants) {
              for (const user of users) {
                const { path, body } = asking(user, 'works at Acme');
                const reply = await tenant.send('POST', path, body, {
                  'idempotency-key': `key of ${texts.length % users.length}`,
                });
                expect(reply.status, reply.text).toBeLessThan(300);
                expect(reply.text).not.toMatch(
                  /"(supersedes|near_duplicate)":[^n]|"deduplicated":true|"status":"duplicate"/,
                );
                expect(reply.headers['idempotent-replayed']).toBeUndefined();
                texts.push(reply.text);
              }
            }
            const ids = texts.flatMap((text) => /"id":"([^"]+)"/.exec(text)?.[1] ?? []);
            expect(new Set(ids).size, operation).toBe(tenants.length * users.length);
          }),
          { numRuns: 5 },
        );
      },
    );

    it('context and key name exactly one entry', async () => {
      await fc.assert(
        fc.asyncProperty(nearIds, async (names) => {
          const [mine, theirs] = [await aTenant(app), await aTenant(app)];
          const places = names.flatMap((context) => names.map((key) => ({ context, key })));
          const pathOf = ({ context, key }: (typeof places)[number]): string =>
            `/v1/shared-contexts/${encodeURIComponent(context)}/entries/${encodeURIComponent(key)}`;
          for (const [i, place] of places.entries()) {
            expect((await mine.send('PUT', pathOf(place), { content: `mine ${i}` })).status).toBe(201);
            expect((await theirs.send('PUT', pathOf(place), { content: `theirs ${i}` })).status).toBe(201);
          }
          for (const [i, place] of places.entries()) {
            const { body } = await mine.send('GET', `${pathOf(place)}?full=true`);
            expect(body).toMatchObject({ ...place, content: `mine ${i}` });
          }
          const [gone, ...rest] = places;
          if (gone === undefined) return;
          expect((await mine.send('DELETE', pathOf(gone))).status).toBe(204);
          for (const place of rest) expect((await mine.send('GET', pathOf(place))).status).toBe(200);
          const config = `/v1/shared-contexts/${encodeURIComponent(gone.context)}/config`;
          expect((await mine.send('PUT', config, { max_entries: 1 })).status).toBe(200);
          expect((await mine.send('PUT', pathOf(gone), { content: 'again' })).body['evicted']).toHaveLength(
            names.length - 1,
          );
          expect((await theirs.send('GET', pathOf(gone))).status).toBe(200);
        }),
        { numRuns: 8 },
      );
    });

    it('a handoff is for who may see all that it holds', async () => {
      const whole = await aTenant(app);
      const bound = await aTenant(app, whole.tenant, ['ann']);
      const [of, ofBob] = [await leaveTraces(whole, 'ann'), await leaveTraces(whole, 'bob')];
      const place = (address: Addresses) => `/v1/shared-contexts/${address.context}/handoffs`;
      expect((await bound.send('GET', place(of))).body['data']).toMatchObject([{ id: of.handoff }]);
      expect((await bound.send('GET', place(ofBob))).body['data']).toEqual([]);
      for (const [method, path] of [
        ['GET', `${place(ofBob)}/${ofBob.handoff}`],
        ['POST', `${place(ofBob)}/${ofBob.handoff}/accept`],
      ] as const) {
        const refused = await bound.send(method, path);
        expect(refused.status).toBe(403);
        expect(refused.text).not.toContain(ofBob.needle);
      }
      const pinned = await bound.send('POST', place(ofBob), { from: 'a', to: 'b', keys: [ofBob.key] });
      expect(pinned.status).toBe(403);
      expect((await bound.send('POST', `${place(of)}/${of.handoff}/accept`)).status).toBe(200);
      const derived = await bound.send('PUT', `/v1/shared-contexts/${ofBob.context}/entries/mine`, {
        content: 'x',
        derived_from: [ofBob.key],
      });
      expect(derived.status).toBe(403);
    });

    it('erasing a user erases that one alone', async () => {
      await fc.assert(
        fc.asyncProperty(nearIds, async (users) => {
          const [mine, theirs] = [await aTenant(app), await aTenant(app)];
          const [erased = '', ...kept] = users;
          for (const tenant of [mine, theirs]) {
            for (const user of users) {
              await tenant.send('POST', '/v1/memories', { content: 'likes tea', user_id: user });
              await tenant.send('POST', '/v1/conversations', { user_id: user });
            }
          }
          const receipt = await mine.send('DELETE', `/v1/users/${encodeURIComponent(erased)}`);
          expect(receipt.body).toMatchObject({ erased: { memories: 1, conversations: 1 } });
          const totals = async (tenant: ATenant, user: string): Promise<unknown> =>
            (
              await tenant.send(
                'GET',
                `/v1/memories/stats?${new URLSearchParams({ user_id: user }).toString()}`,
              )
            ).body['total'];
          expect(await totals(mine, erased)).toBe(0);
          for (const user of kept) expect(await totals(mine, user)).toBe(1);
          for (const user of users) expect(await totals(theirs, user)).toBe(1);
        }),
        { numRuns: 8 },
      );
    });

    it('an original of another user is as unknown as one of nobody', async () => {
      const mine = await aTenant(app);
      const of = await leaveTraces(mine, 'ann');
      const as = (user: string) => ({ ...SAME_REQUEST_ID, 'x-headroom-user-id': user });
      expect((await mine.send('GET', `/v1/retrieve/${of.hash}`, undefined, as('ann'))).status).toBe(200);
      const unknown = await mine.send('GET', `/v1/retrieve/${nobodys(of).hash}`, undefined, as('Ann'));
      const foreign = await mine.send('GET', `/v1/retrieve/${of.hash}`, undefined, as('Ann'));
      expect(withoutAddress(foreign, of)).toEqual(withoutAddress(unknown, nobodys(of)));
    });

    it('manages no keys, whoever’s they are', async () => {
      const [mine, theirs] = [await aTenant(app), await aTenant(app)];
      const admin = { authorization: `Bearer ${BOOTSTRAP_KEY}` };
      const all = (await app.send('GET', '/v1/keys', undefined, admin)).body['data'] as {
        id: string;
        name: string;
      }[];
      const id = all.find(({ name }) => name === theirs.tenant)?.id ?? '';
      for (const [method, path, body] of [
        ['GET', '/v1/keys', undefined],
        ['POST', '/v1/keys', { name: 'mine', tenant: theirs.tenant }],
        ['DELETE', `/v1/keys/${id}`, undefined],
      ] as const) {
        expect((await mine.send(method, path, body)).status).toBe(403);
      }
    });

    it('learns nothing from another tenant, and from an import only for itself', async () => {
      const [mine, theirs] = [await aTenant(app), await aTenant(app)];
      const of = await leaveTraces(theirs, 'ann');
      const [own, exported] = [
        (await mine.send('GET', '/v1/telemetry/export')).body,
        (await theirs.send('GET', '/v1/telemetry/export')).body,
      ];
      expect(own['tool_stats']).toEqual({});
      expect(JSON.stringify(own)).not.toContain(of.tool);
      expect(own['source']).not.toBe(exported['source']);
      const bystander = await aTenant(app);
      expect((await mine.send('POST', '/v1/telemetry/import', exported)).status).toBe(200);
      expect((await mine.send('GET', `/v1/feedback/${of.tool}`)).body['pattern']).not.toBeNull();
      expect((await bystander.send('GET', `/v1/feedback/${of.tool}`)).body['pattern']).toBeNull();
    });

    it('finds no pattern of another by any prefix, and no name in the metrics', async () => {
      const [mine, theirs] = [await aTenant(app), await aTenant(app)];
      const of = await leaveTraces(theirs, 'ann');
      const [pattern] = (await theirs.send('GET', '/v1/toin/patterns')).body as unknown as { hash: string }[];
      expect((await theirs.send('GET', `/v1/toin/pattern/${pattern?.hash ?? ''}`)).status).toBe(200);
      expect((await mine.send('GET', `/v1/toin/pattern/${pattern?.hash ?? ''}`)).status).toBe(404);
      expect((await theirs.send('GET', `/v1/telemetry/tools/${pattern?.hash ?? ''}`)).status).toBe(200);
      expect((await mine.send('GET', `/v1/telemetry/tools/${pattern?.hash ?? ''}`)).status).toBe(404);
      const metrics = await app.app.inject({
        method: 'GET',
        url: '/metrics',
        headers: { authorization: `Bearer ${BOOTSTRAP_KEY}` },
      });
      for (const trace of [of.tool, of.hash, of.needle, 'ann', theirs.tenant])
        expect(metrics.payload).not.toContain(trace);
    });
  });
});
