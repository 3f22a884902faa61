import type { Page, PageRequest } from '#libs/kernel';
import type { SharedContent, SharedEntry } from '../entry.js';
import type { ContextChange } from '../events/context-event.js';

/** A version of an entry as it was when the handoff was made. */
export type PinnedEntry = Pick<
  SharedEntry,
  | 'key'
  | 'version'
  | 'hash'
  | 'agent'
  | 'userId'
  | 'contentKind'
  | 'originalTokens'
  | 'compressedTokens'
  | 'transforms'
>;

export function pinnedOf(entry: SharedEntry): PinnedEntry {
  const { key, version, hash, agent, userId, contentKind, originalTokens, compressedTokens, transforms } =
    entry;
  return { key, version, hash, agent, userId, contentKind, originalTokens, compressedTokens, transforms };
}

export const HANDOFF_STATUSES = ['pending', 'accepted', 'expired'] as const;
export type HandoffStatus = (typeof HANDOFF_STATUSES)[number];

/** What one agent gives to another: chosen entries of a context, as they were when it was given. */
export interface Handoff {
  readonly id: string;
  readonly context: string;
  /** Names of agents, opaque and matched exactly. */
  readonly from: string;
  readonly to: string;
  readonly note?: string | undefined;
  /** What the compressed contents together may cost, in tokens. */
  readonly tokenBudget?: number | undefined;
  /** In the order in which their keys were given. */
  readonly entries: readonly PinnedEntry[];
  /** What did not fit the budget: named, and retrievable by its hash like the others. */
  readonly leftOut: readonly PinnedEntry[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly acceptedAt?: Date | undefined;
}

/** A handoff at the one moment when it gives its contents away, one per entry, compressed. */
export interface AcceptedHandoff {
  readonly handoff: Handoff;
  readonly contents: readonly SharedContent[];
}

export function statusOf(handoff: Pick<Handoff, 'acceptedAt' | 'expiresAt'>, now: Date): HandoffStatus {
  if (handoff.acceptedAt !== undefined) return 'accepted';
  return handoff.expiresAt <= now ? 'expired' : 'pending';
}

/** The users whose contents a handoff holds or names; empty when all of it belongs to nobody. */
export function ownersOf({ entries, leftOut }: Pick<Handoff, 'entries' | 'leftOut'>): readonly string[] {
  const owners = [...entries, ...leftOut].flatMap(({ userId }) => (userId === undefined ? [] : [userId]));
  return [...new Set(owners)];
}

/** What the log of the context is told. Of several owners one stands for all: the handoff itself is for who may see each. */
export function changeOf(
  handoff: Handoff,
  type: 'handoff.created' | 'handoff.accepted',
  at: Date,
): ContextChange {
  const agent = type === 'handoff.created' ? handoff.from : handoff.to;
  return { type, handoffId: handoff.id, agent, userId: ownersOf(handoff)[0], at };
}

export interface HandoffFilter {
  readonly to?: string | undefined;
  readonly status?: HandoffStatus | undefined;
}

export type HandoffPage = Page<Handoff>;
export type HandoffPageRequest = PageRequest;

/** A handoff that nobody accepts is kept for a day, unless it says otherwise. */
export const HANDOFF_TTL_SECONDS = 86_400;
/** What an accepted or expired handoff leaves, without contents, is kept for 30 days. */
export const HANDOFF_TRACE_SECONDS = 2_592_000;
