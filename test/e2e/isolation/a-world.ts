import fc from 'fast-check';
import type { JsonReply } from '../../support/an-app.js';
import { nearIds } from '../../support/adversarial-ids.js';
import type { ATenant } from './a-tenant.js';

/** Scope ids as they stand on the wire. */
export interface WireScope {
  readonly user_id: string;
  readonly session_id?: string;
  readonly agent_id?: string;
  readonly turn_id?: string;
}

export type Mode = 'resolve' | 'exact' | 'subtree';
export const MODES: readonly Mode[] = ['resolve', 'exact', 'subtree'];
const STATES = ['current', 'superseded', 'expired'] as const;
type State = (typeof STATES)[number];

/** Who owns memories, and who reads. */
export interface Plan {
  readonly owners: readonly { readonly scope: WireScope; readonly state: State }[];
  readonly reader: WireScope;
}

const LEVELS = ['session_id', 'agent_id', 'turn_id'] as const;

function scopeOf(ids: readonly string[]): fc.Arbitrary<WireScope> {
  const id = fc.constantFrom(...ids);
  return fc.record({ user_id: id, session_id: id, agent_id: id, turn_id: id }, { requiredKeys: ['user_id'] });
}

export const aPlan: fc.Arbitrary<Plan> = nearIds.chain((ids) =>
  fc.record({
    owners: fc.array(fc.record({ scope: scopeOf(ids), state: fc.constantFrom(...STATES) }), {
      minLength: 3,
      maxLength: 8,
    }),
    reader: scopeOf(ids),
  }),
);

/** The rule: a memory is visible when every id that it carries equals the caller's. */
export function sees(mode: Mode, reader: WireScope, owner: WireScope): boolean {
  if (reader.user_id !== owner.user_id) return false;
  return LEVELS.every((level) => {
    if (mode === 'exact') return owner[level] === reader[level];
    if (mode === 'subtree') return reader[level] === undefined || owner[level] === reader[level];
    return owner[level] === undefined || owner[level] === reader[level];
  });
}

/** Something stored, by the texts that would give it away. */
export interface Stored {
  readonly scope: WireScope;
  readonly isCurrent: boolean;
  readonly marker: string;
  readonly id: string;
}

/** A word that stands in every memory, so that each of them matches a search for it. */
export const COMMON_WORD = 'quagga';
const LONG_AGO = '2020-01-01T00:00:00.000Z';

let markers = 0;

/** Carries a plan out in one tenant. */
export async function settle(tenant: ATenant, { owners }: Plan): Promise<readonly Stored[]> {
  const wanted = owners.map((owner) => ({ ...owner, marker: `mark${++markers}end` }));
  const memories = wanted.map(({ scope, state, marker }) => ({
    content: `${COMMON_WORD} ${marker}`,
    ...scope,
    metadata: { kept: true },
    valid_from: LONG_AGO,
    ...(state === 'expired' && { expires_at: LONG_AGO }),
  }));
  const made = await tenant.send('POST', '/v1/memories/batch', { memories });
  const items = made.body['data'] as { status: string; memory: { id: string } }[];
  const stored: Stored[] = [];
  for (const [i, { scope, state, marker }] of wanted.entries()) {
    if (items[i]?.status !== 'created') throw new Error(made.text);
    const { id } = items[i].memory;
    stored.push({ scope, isCurrent: state === 'current', marker, id });
    if (state !== 'superseded') continue;
    const next = `mark${++markers}end`;
    const content = `${COMMON_WORD} ${next}`;
    const successor = await tenant.send('POST', `/v1/memories/${id}/supersede`, { content });
    if (successor.status !== 201) throw new Error(successor.text);
    stored.push({ scope, isCurrent: true, marker: next, id: String(successor.body['id']) });
  }
  return stored;
}

/** A conversation of each owner beside its memories. */
export async function converse(tenant: ATenant, { owners }: Plan): Promise<readonly Stored[]> {
  const stored: Stored[] = [];
  for (const { scope } of owners) {
    const marker = `mark${++markers}end`;
    const made = await tenant.send('POST', '/v1/conversations', { ...scope, metadata: { marker } });
    stored.push({ scope, isCurrent: true, marker, id: String(made.body['id']) });
  }
  return stored;
}

/** Which of the stored things a reply gives away, by content or by id. */
export function givenAway(text: string, stored: readonly Stored[]): readonly Stored[] {
  return stored.filter(({ marker, id }) => text.includes(marker) || text.includes(id));
}

/** The markers of a list's or a search's memories, sorted. */
export function markersIn(reply: JsonReply): readonly string[] {
  const data = reply.body['data'] as { content?: string; memory?: { content: string } }[];
  return data.map(({ content, memory }) => (content ?? memory?.content ?? '').split(' ')[1] ?? '').sort();
}

export function queryOf(scope: WireScope, more: Readonly<Record<string, string>> = {}): string {
  return new URLSearchParams({ ...scope, ...more }).toString();
}
