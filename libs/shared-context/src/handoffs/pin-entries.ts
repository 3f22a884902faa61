import { HeadroomError, type Fault } from '#libs/kernel';
import { anotherUsersEntry } from '../put-condition.js';
import type { Handoff, PinnedEntry } from './handoff.js';

/** What to hand over: all of a handoff but what the store finds under the keys. */
export interface HandoffDraft extends Omit<Handoff, 'entries' | 'leftOut' | 'acceptedAt'> {
  readonly keys: readonly string[];
  /** A repetition under the same key gets the same handoff, for 24 h. */
  readonly idempotencyKey?: string | undefined;
}

/** By what a repetition is known. */
export type RepeatedDraft = Pick<HandoffDraft, 'context' | 'createdAt' | 'idempotencyKey'>;

/** What a store finds under one of the keys. */
export type PinLookup =
  | { readonly status: 'found'; readonly entry: PinnedEntry }
  | { readonly status: 'expired'; readonly expiredAt: Date }
  | { readonly status: 'unknown' }
  | { readonly status: 'forbidden' };

/**
 * Makes a handoff of what was found, key by key; every store decides by this rule. With a budget an entry is taken
 * when its compressed content still fits beside those before it; the others are left out.
 * @throws HeadroomError `not_found` naming every key without an entry; `forbidden`; `context_over_budget` when the
 * budget is too small for any of them.
 */
export function pinEntries(
  { keys, idempotencyKey: _, ...draft }: HandoffDraft,
  lookups: readonly PinLookup[],
): Handoff {
  if (lookups.some(({ status }) => status === 'forbidden')) throw anotherUsersEntry();
  const found = lookups.flatMap((lookup) => (lookup.status === 'found' ? [lookup.entry] : []));
  if (found.length < lookups.length) throw missing(keys, lookups);
  const { entries, leftOut } = chooseWithin(found, draft.tokenBudget ?? Infinity);
  if (entries.length === 0) throw nothingFits(leftOut, draft.tokenBudget ?? 0);
  return { ...draft, entries, leftOut };
}

/** What the contents of these entries cost as they are handed over. */
export function tokensOf(entries: readonly PinnedEntry[]): number {
  return entries.reduce((sum, { compressedTokens }) => sum + compressedTokens, 0);
}

function chooseWithin(
  found: readonly PinnedEntry[],
  budget: number,
): { readonly entries: readonly PinnedEntry[]; readonly leftOut: readonly PinnedEntry[] } {
  const entries: PinnedEntry[] = [];
  const leftOut: PinnedEntry[] = [];
  let room = budget;
  for (const entry of found) {
    if (entry.compressedTokens > room) leftOut.push(entry);
    else {
      room -= entry.compressedTokens;
      entries.push(entry);
    }
  }
  return { entries, leftOut };
}

function missing(keys: readonly string[], lookups: readonly PinLookup[]): HeadroomError {
  const faults = lookups.flatMap((lookup, index): Fault[] => {
    if (lookup.status === 'unknown') return [{ path: `keys[${index}]`, message: 'no such entry' }];
    if (lookup.status !== 'expired') return [];
    return [{ path: `keys[${index}]`, message: `expired at ${lookup.expiredAt.toISOString()}` }];
  });
  const text = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  const missingKeys = keys.filter((_, index) => lookups[index]?.status !== 'found');
  return new HeadroomError('not_found', `There is nothing to hand over under some keys: ${text}.`, {
    errors: faults,
    keys: missingKeys,
  });
}

function nothingFits(leftOut: readonly PinnedEntry[], budget: number): HeadroomError {
  const costs = leftOut.map(({ compressedTokens }) => compressedTokens);
  const least = Math.min(...costs);
  const all = tokensOf(leftOut);
  return new HeadroomError(
    'context_over_budget',
    `Not one of the entries fits ${budget} tokens: the smallest needs ${least} compressed, all of them ${all}.`,
    {
      token_budget: budget,
      tokens_needed: least,
      tokens_of_all: all,
      entries: leftOut.map(({ key, version, hash, originalTokens, compressedTokens }) => ({
        key,
        version,
        hash,
        original_tokens: originalTokens,
        compressed_tokens: compressedTokens,
      })),
    },
  );
}
