import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOOKALIKES } from '../../support/adversarial-ids.js';
import { anApp, type AnApp, type JsonBody } from '../../support/an-app.js';
import type { Method } from './a-tenant.js';
import { STORES, type OpenedStore } from './stores.js';

const HOSTILE = [
  ...LOOKALIKES.flatMap(([, ids]) => [ids.at(1) ?? '', ids.at(-1) ?? '']),
  ...["'", '%00', '%', 'NUL\u0000', '\u0000', 'x'.repeat(513), '😀'.repeat(513)],
];

interface Operation extends JsonBody {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  }[];
}

describe.each(STORES)('what a client writes into an address, on $store', ({ isMissing, open }) => {
  describe.skipIf(isMissing)('whatever it is', () => {
    let app: AnApp;
    let opened: OpenedStore;
    beforeAll(async () => {
      opened = await open();
      app = await anApp(opened.settings);
    });
    afterAll(async () => {
      await app.close();
      await opened.drop();
    });

    it('never makes a route fail', async () => {
      const { body } = await app.send('GET', '/openapi.json');
      const paths = body['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
      const failed: string[] = [];
      for (const [template, methods] of Object.entries(paths)) {
        for (const [method, { parameters = [] }] of Object.entries(methods)) {
          const fillable = parameters.filter((one) => one.in === 'path' || one.in === 'query');
          for (const hostile of fillable.length === 0 ? [] : HOSTILE) {
            for (const target of fillable) {
              const url = urlOf(template, fillable, target.name, hostile);
              const payload = method === 'get' || method === 'delete' ? undefined : {};
              const reply = await app.send(method.toUpperCase() as Method, url, payload);
              if (reply.status >= 500) failed.push(`${reply.status} ${method} ${url.slice(0, 200)}`);
            }
          }
        }
      }
      expect(failed).toEqual([]);
    });
  });
});

function urlOf(
  template: string,
  parameters: NonNullable<Operation['parameters']>,
  target: string,
  hostile: string,
): string {
  const valueOf = (name: string): string => (name === target ? hostile : 'plain');
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(valueOf(name)));
  const query = parameters.filter(
    (one) => one.in === 'query' && (one.required === true || one.name === target),
  );
  const search = new URLSearchParams(query.map(({ name }): [string, string] => [name, valueOf(name)]));
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}
