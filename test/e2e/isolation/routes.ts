import type { JsonReply } from '../../support/an-app.js';
import type { ATenant, Method } from './a-tenant.js';
import { COMMON_WORD, MODES, queryOf, type Mode, type WireScope } from './a-world.js';

/** A route as openapi.json names it, such as `GET /v1/memories/{id}`. */
export type Operation = `${Method} /${string}`;

/** What the model provider was sent last. */
export type LastPrompt = () => string;

interface ScopedRead {
  /** The modes in which one of its requests reads: what none of them sees must not show. */
  readonly seenBy: readonly Mode[];
  readonly reads: (
    tenant: ATenant,
    scope: WireScope,
    lastPrompt: LastPrompt,
  ) => Promise<readonly Pick<JsonReply, 'status' | 'text'>[]>;
}

const ask = [{ role: 'user', content: `Tell me of the ${COMMON_WORD}` }];
const NOW = '2999-01-01T00:00:00.000Z';

const LISTINGS: readonly Readonly<Record<string, string>>[] = [
  {},
  { include_superseded: 'true', order: 'asc' },
  { as_of: '2021-01-01T00:00:00Z', order_by: 'importance' },
  { known_as_of: NOW, as_of: NOW, order_by: 'last_accessed_at' },
  { scope_level: 'session', category: 'fact', limit: '1' },
];

/** Routes that are told whose memories to read. */
export const READS_OF_A_SCOPE: Readonly<Record<Operation, ScopedRead>> = {
  'GET /v1/memories': {
    seenBy: MODES,
    reads: (tenant, scope) =>
      together(
        MODES.flatMap((mode) =>
          LISTINGS.map((more) =>
            tenant.send('GET', `/v1/memories?${queryOf(scope, { scope: mode, ...more })}`),
          ),
        ),
      ),
  },
  'POST /v1/memories/search': {
    seenBy: MODES,
    reads: (tenant, scope) =>
      together(
        MODES.flatMap((mode) =>
          [
            { explain: true },
            { explain: true, include_superseded: true, top_k: 1 },
            { explain: true, as_of: '2021-01-01T00:00:00Z', known_as_of: NOW, min_score: 0.9 },
            {
              explain: true,
              filter: { or: [{ 'metadata.kept': true }, { not: { subject: 'x' } }] },
              max_tokens: 10,
            },
            { explain: true, filter: { 'metadata.kept': { ne: true } }, mode: 'keyword' },
          ].map((more) =>
            tenant.send('POST', '/v1/memories/search', {
              ...scope,
              scope: mode,
              query: COMMON_WORD,
              ...more,
            }),
          ),
        ),
      ),
  },
  'GET /v1/memories/stats': {
    seenBy: ['subtree'],
    reads: (tenant, scope) => together([tenant.send('GET', `/v1/memories/stats?${queryOf(scope)}`)]),
  },
  'GET /v1/memories/export': {
    seenBy: ['subtree'],
    reads: (tenant, scope) => together([tenant.send('GET', `/v1/memories/export?${queryOf(scope)}`)]),
  },
  'POST /v1/memories/rollback': {
    seenBy: ['subtree'],
    reads: (tenant, scope) =>
      together([
        tenant.send('POST', '/v1/memories/rollback', { ...scope, to: '2020-01-01T00:00:00Z', dry_run: true }),
      ]),
  },
  'POST /v1/memories/inject': {
    seenBy: ['resolve'],
    reads: (tenant, scope) =>
      together([tenant.send('POST', '/v1/memories/inject', { ...scope, messages: ask, top_k: 100 })]),
  },
  'POST /v1/context': {
    seenBy: ['resolve'],
    reads: (tenant, scope) =>
      together([tenant.send('POST', '/v1/context', { ...scope, messages: ask, memories: true })]),
  },
  'GET /v1/conversations': {
    seenBy: ['subtree'],
    reads: (tenant, scope) => together([tenant.send('GET', `/v1/conversations?${queryOf(scope)}`)]),
  },
  'POST /v1/chat/completions': {
    seenBy: ['resolve'],
    reads: async (tenant, scope, lastPrompt) => {
      if (!Object.values(scope).every(fitsIntoHeader)) return [];
      const body = { model: 'gpt-4o', messages: ask };
      const reply = await tenant.send('POST', '/v1/chat/completions', body, headersOf(scope));
      return [reply, { status: reply.status, text: lastPrompt() }];
    },
  },
};

/** HTTP takes white space off the ends of a header and forbids control characters in it. */
function fitsIntoHeader(id: string): boolean {
  return Buffer.from(id).every((byte) => byte >= 0x20 && byte !== 0x7f) && !/^[ ]|[ ]$/.test(id);
}

/** The bytes of UTF-8, as HTTP clients send them. */
function headersOf({ user_id, session_id, agent_id, turn_id }: WireScope): Record<string, string> {
  const ids = { 'user-id': user_id, 'session-id': session_id, 'agent-id': agent_id, 'turn-id': turn_id };
  return Object.fromEntries(
    Object.entries(ids)
      .filter((entry): entry is [string, string] => entry[1] !== undefined)
      .map(([name, id]) => [`x-headroom-${name}`, Buffer.from(id, 'utf8').toString('latin1')]),
  );
}

/** One thing of each kind, by which a route can be asked for it. */
export interface Addresses {
  readonly memory: string;
  readonly conversation: string;
  readonly context: string;
  readonly key: string;
  readonly handoff: string;
  readonly hash: string;
  readonly tool: string;
}

interface Asking {
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const entry = ({ context, key }: Addresses): string => `/v1/shared-contexts/${context}/entries/${key}`;
const handoffs = ({ context }: Pick<Addresses, 'context'>): string =>
  `/v1/shared-contexts/${context}/handoffs`;
const call = (hash: string) => ({
  id: 'call_1',
  type: 'function',
  function: { name: 'headroom_retrieve', arguments: JSON.stringify({ hash }) },
});

/** Routes that are told a thing by its id or name: what is another tenant's is answered like what nobody has. */
export const BY_ADDRESS: Readonly<Record<Operation, (of: Addresses) => Asking>> = {
  'GET /v1/memories/{id}': ({ memory }) => ({ path: `/v1/memories/${memory}` }),
  'GET /v1/memories/{id}/history': ({ memory }) => ({ path: `/v1/memories/${memory}/history` }),
  'PATCH /v1/memories/{id}': ({ memory }) => ({ path: `/v1/memories/${memory}`, body: { importance: 1 } }),
  'DELETE /v1/memories/{id}': ({ memory }) => ({ path: `/v1/memories/${memory}` }),
  'POST /v1/memories/{id}/supersede': ({ memory }) => ({
    path: `/v1/memories/${memory}/supersede`,
    body: { content: 'taken over' },
  }),
  'POST /v1/memories/{id}/restore': ({ memory }) => ({ path: `/v1/memories/${memory}/restore`, body: {} }),
  'POST /v1/memories/{id}/promote': ({ memory }) => ({
    path: `/v1/memories/${memory}/promote`,
    body: { to: 'user' },
  }),
  'GET /v1/conversations/{id}': ({ conversation }) => ({ path: `/v1/conversations/${conversation}` }),
  'DELETE /v1/conversations/{id}': ({ conversation }) => ({ path: `/v1/conversations/${conversation}` }),
  'GET /v1/conversations/{id}/messages': ({ conversation }) => ({
    path: `/v1/conversations/${conversation}/messages`,
  }),
  'POST /v1/conversations/{id}/messages': ({ conversation }) => ({
    path: `/v1/conversations/${conversation}/messages`,
    body: { messages: ask },
  }),
  'POST /v1/conversations/{id}/context': ({ conversation }) => ({
    path: `/v1/conversations/${conversation}/context`,
    body: {},
  }),
  'DELETE /v1/conversations/{id}/context': ({ conversation }) => ({
    path: `/v1/conversations/${conversation}/context`,
  }),
  'POST /v1/conversations/{id}/fork': ({ conversation }) => ({
    path: `/v1/conversations/${conversation}/fork`,
    body: {},
  }),
  'GET /v1/shared-contexts/{context}/entries/{key}': (of) => ({ path: `${entry(of)}?full=true` }),
  'DELETE /v1/shared-contexts/{context}/entries/{key}': (of) => ({ path: entry(of) }),
  'GET /v1/shared-contexts/{context}/entries': ({ context }) => ({
    path: `/v1/shared-contexts/${context}/entries`,
  }),
  'DELETE /v1/shared-contexts/{context}/entries': ({ context }) => ({
    path: `/v1/shared-contexts/${context}/entries`,
  }),
  'GET /v1/shared-contexts/{context}/stats': ({ context }) => ({
    path: `/v1/shared-contexts/${context}/stats`,
  }),
  'GET /v1/shared-contexts/{context}/events': ({ context }) => ({
    path: `/v1/shared-contexts/${context}/events`,
    headers: { 'last-event-id': '0' },
  }),
  'POST /v1/shared-contexts/{context}/handoffs': (of) => ({
    path: handoffs(of),
    body: { from: 'a', to: 'b', keys: [of.key] },
  }),
  'GET /v1/shared-contexts/{context}/handoffs': (of) => ({ path: handoffs(of) }),
  'GET /v1/shared-contexts/{context}/handoffs/{id}': (of) => ({ path: `${handoffs(of)}/${of.handoff}` }),
  'POST /v1/shared-contexts/{context}/handoffs/{id}/accept': (of) => ({
    path: `${handoffs(of)}/${of.handoff}/accept`,
    body: {},
  }),
  'GET /v1/retrieve/{hash}': ({ hash }) => ({ path: `/v1/retrieve/${hash}` }),
  'POST /v1/retrieve': ({ hash }) => ({ path: '/v1/retrieve', body: { hash } }),
  'POST /v1/retrieve/tool_call': ({ hash }) => ({
    path: '/v1/retrieve/tool_call',
    body: { tool_call: call(hash) },
  }),
  'GET /v1/feedback/{tool}': ({ tool }) => ({ path: `/v1/feedback/${tool}` }),
};

/** Routes that are told nothing: another tenant's doings change no byte of their answers. */
export const OF_THE_TENANT: readonly Operation[] = [
  'GET /stats',
  'GET /stats-history',
  'GET /v1/retrieve/stats',
  'GET /v1/telemetry',
  'GET /v1/telemetry/tools',
  'GET /v1/feedback',
  'GET /v1/toin/stats',
  'GET /v1/toin/patterns',
];

/** Routes that store: what another tenant or user has stored alike is no duplicate and no predecessor. */
export const WRITES: Readonly<Record<Operation, (userId: string, content: string) => Asking>> = {
  'POST /v1/memories': (user_id, content) => ({
    path: '/v1/memories',
    body: { user_id, content, subject: 'employer' },
  }),
  'POST /v1/memories/batch': (user_id, content) => ({
    path: '/v1/memories/batch',
    body: { memories: [{ user_id, content, subject: 'employer' }] },
  }),
  'POST /v1/memories/extract': (user_id, content) => ({
    path: '/v1/memories/extract',
    body: {
      user_id,
      content: `<memory>${JSON.stringify({ memories: [{ content, subject: 'employer' }] })}</memory>`,
    },
  }),
  'POST /v1/conversations': (user_id, content) => ({
    path: '/v1/conversations',
    body: { user_id, metadata: { content } },
  }),
};

/** Routes about which there is nothing to keep apart, or whose separation another test states. */
export const WITHOUT_A_SCOPE: Readonly<Record<Operation, string>> = {
  'GET /health': 'the state of the process, open to everybody',
  'GET /livez': 'the state of the process, open to everybody',
  'GET /readyz': 'the state of the process, open to everybody',
  'GET /docs': 'the same page for everybody',
  'GET /docs/{file}': 'the same files for everybody',
  'GET /docs/start.js': 'the same file for everybody',
  'GET /openapi.json': 'the same document for everybody',
  'GET /metrics': 'counts of the process; test below: no ids, no names of tools',
  'GET /debug/memory': 'bytes of the process',
  'POST /cache/clear': 'there is no cache of answers',
  'POST /v1/keys': 'for the bootstrap key alone; test below',
  'GET /v1/keys': 'for the bootstrap key alone; test below',
  'DELETE /v1/keys/{id}': 'for the bootstrap key alone; test below',
  'GET /v1/jobs/failed': 'for the bootstrap key alone; in the acceptance tests of jobs',
  'POST /v1/jobs/failed/{id}/retry': 'for the bootstrap key alone; in the acceptance tests of jobs',
  'DELETE /v1/jobs/failed/{id}': 'for the bootstrap key alone; in the acceptance tests of jobs',
  'POST /v1/messages': 'passed to the provider with the client’s own key; nothing of it is stored',
  'POST /v1/compress': 'answers with what it was sent; what it keeps is read by hash',
  'POST /v1/compress/batch': 'answers with what it was sent; what it keeps is read by hash',
  'GET /v1/toin/pattern/{prefix}': 'any prefix is one; test below',
  'GET /v1/telemetry/tools/{signature}': 'the beginning of one is enough; test below',
  'GET /v1/telemetry/export': 'names the tenant’s place and the time; test below',
  'POST /v1/telemetry/import': 'changes what its own tenant knows; test below',
  'PUT /v1/shared-contexts/{context}/entries/{key}': 'names of contexts and keys; test below',
  'PUT /v1/shared-contexts/{context}/config': 'names of contexts; test below',
  'POST /v1/memories/import': 'each line is for one user; in the acceptance tests of import',
  'DELETE /v1/memories': 'erasing a scope; in the tests of scopes',
  'DELETE /v1/users/{user_id}': 'erasing a user; test below',
};

function together(replies: readonly Promise<JsonReply>[]): Promise<readonly JsonReply[]> {
  return Promise.all(replies);
}
