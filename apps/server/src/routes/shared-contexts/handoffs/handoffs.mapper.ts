import {
  ownersOf,
  statusOf,
  tokensOf,
  type AcceptedHandoff,
  type Handoff,
  type HandoffFilter,
  type HandoffPage,
  type HandoffRequest,
  type PinnedEntry,
} from '#libs/shared-context';
import type { Answer } from '../../../http/answer.js';
import { toPage, type PageOnTheWire } from '../../../http/page.schema.js';
import { fromDate } from '../../../http/wire-value.schema.js';
import { contentText } from '../shared-contexts.mapper.js';
import type { Wire } from '../../../http/wire.js';
import type { CreateHandoff, ListHandoffs } from './handoffs.schema.js';

export function toHandoffRequest(context: string, body: CreateHandoff): HandoffRequest {
  return {
    context,
    from: body.from,
    to: body.to,
    keys: body.keys,
    note: body.note,
    tokenBudget: body.token_budget,
    ttlSeconds: body.ttl_seconds,
  };
}

export function toFilter({ to, status }: ListHandoffs): HandoffFilter {
  return { to, status };
}

export function fromHandoff(handoff: Handoff, now: Date): Wire {
  const owners = ownersOf(handoff);
  const { entries, leftOut } = handoff;
  return {
    id: handoff.id,
    context: handoff.context,
    status: statusOf(handoff, now),
    from: handoff.from,
    to: handoff.to,
    note: handoff.note ?? null,
    user_id: owners.length === 1 ? owners[0] : null,
    token_budget: handoff.tokenBudget ?? null,
    tokens: tokensOf(entries),
    original_tokens: entries.reduce((sum, { originalTokens }) => sum + originalTokens, 0),
    entries: entries.map(fromPinned),
    left_out: leftOut.map(fromPinned),
    created_at: fromDate(handoff.createdAt),
    expires_at: fromDate(handoff.expiresAt),
    accepted_at: fromDate(handoff.acceptedAt),
  };
}

export function fromCreated(handoff: Handoff): Answer<Wire> {
  const place = ['v1', 'shared-contexts', handoff.context, 'handoffs', handoff.id];
  return {
    headers: { location: `/${place.map(encodeURIComponent).join('/')}` },
    body: fromHandoff(handoff, handoff.createdAt),
  };
}

export function fromHandoffs(page: HandoffPage, now: Date): PageOnTheWire<Wire> {
  return toPage(page, (handoff) => fromHandoff(handoff, now));
}

/** As JSON text: a JSON content goes in as its own text, so that its numbers keep their literals. */
export function fromAccepted({ handoff, contents }: AcceptedHandoff, now: Date): Answer<string> {
  const { entries: _entries, ...rest } = fromHandoff(handoff, now);
  const entries = handoff.entries.map((entry, index) => {
    const content = contents[index] ?? { kind: 'text', text: '' };
    return `${JSON.stringify(fromPinned(entry)).slice(0, -1)},"content":${contentText(content)}}`;
  });
  return {
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: `${JSON.stringify(rest).slice(0, -1)},"entries":[${entries.join(',')}]}`,
  };
}

function fromPinned(entry: PinnedEntry): Wire {
  return {
    key: entry.key,
    version: entry.version,
    hash: entry.hash,
    agent: entry.agent ?? null,
    user_id: entry.userId ?? null,
    original_tokens: entry.originalTokens,
    tokens: entry.compressedTokens,
    transforms: entry.transforms,
  };
}
