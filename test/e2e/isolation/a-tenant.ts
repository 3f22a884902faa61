import type { AnApp, JsonReply } from '../../support/an-app.js';
import { newTenant } from '../../support/databases.js';

export const BOOTSTRAP_KEY = 'bootstrap-key-of-this-test-0123456789';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One tenant of an app, as it looks through a key of its own. */
export interface ATenant {
  readonly tenant: string;
  send(method: Method, path: string, body?: unknown, headers?: Record<string, string>): Promise<JsonReply>;
}

/** A key of a tenant that no other test uses, or a further key of the given one, bound to users if any are named. */
export async function aTenant(app: AnApp, tenant = newTenant(), users?: readonly string[]): Promise<ATenant> {
  const admin = { authorization: `Bearer ${BOOTSTRAP_KEY}` };
  const bounds = users === undefined ? { tenant } : { tenant, users };
  const made = await app.send('POST', '/v1/keys', { name: tenant, ...bounds }, admin);
  if (made.status !== 201) throw new Error(made.text);
  const authorization = `Bearer ${String(made.body['key'])}`;
  return {
    tenant,
    send: (method, path, body, headers) => app.send(method, path, body, { authorization, ...headers }),
  };
}
