import { hashOriginal, type OriginalStore } from '#libs/ccr';
import { HeadroomError, type Caller } from '#libs/kernel';
import type { HandoffStore, SharedContextStore } from '#libs/shared-context';
import { aCaller } from '../callers.js';
import type { FakeClock } from '../fake-clock.js';
import type { Operation, Outcome } from './model.js';

/** The real thing, in a tenant of its own. */
export interface Real {
  readonly tenantId: string;
  readonly clock: FakeClock;
  readonly contexts: SharedContextStore;
  readonly handoffs: HandoffStore;
  readonly originals: OriginalStore;
}

const CONTEXT = 'release';

/** Does an operation. @returns what it answered, in the words of the model. */
export async function perform(real: Real, operation: Operation): Promise<Outcome> {
  try {
    return await answer(real, operation);
  } catch (error) {
    if (error instanceof HeadroomError) return error.code;
    throw error;
  }
}

async function answer(real: Real, operation: Operation): Promise<Outcome> {
  const { contexts, handoffs, clock } = real;
  const now = clock.now();
  switch (operation.kind) {
    case 'put':
      return put(real, operation);
    case 'remove':
      return contexts.remove(callerOf(real, operation.by), CONTEXT, operation.key);
    case 'clear':
      return contexts.clear(callerOf(real, operation.by), CONTEXT);
    case 'find': {
      const found = await contexts.find(callerOf(real, operation.by), CONTEXT, operation.key, now);
      if (found.status !== 'found') return found.status;
      return { version: found.entry.version, text: found.entry.compressed };
    }
    case 'list': {
      const { data } = await contexts.list(callerOf(real, operation.by), CONTEXT, { limit: 50 }, now);
      return data.map(named);
    }
    case 'give': {
      const { id, keys, budget: tokenBudget, ttl } = operation;
      const draft = { id, context: CONTEXT, from: 'a', to: 'b', keys, tokenBudget };
      const times = { createdAt: now, expiresAt: after(now, ttl) };
      const { entries, leftOut } = await handoffs.create(callerOf(real, operation.by), {
        ...draft,
        ...times,
      });
      return { entries: entries.map(named), leftOut: leftOut.map(named) };
    }
    case 'accept': {
      const { handoff, contents } = await handoffs.accept(
        callerOf(real, operation.by),
        CONTEXT,
        operation.id,
        now,
      );
      return { entries: handoff.entries.map(named), texts: contents.map(({ text }) => text) };
    }
    case 'handoffs': {
      const { status } = operation;
      const { data } = await handoffs.list(
        callerOf(real, operation.by),
        CONTEXT,
        { status },
        { limit: 50 },
        now,
      );
      return data.map(({ id }) => id);
    }
    case 'pass':
      clock.advanceSeconds(operation.seconds);
      return null;
    case 'sweep':
      await contexts.sweep(now);
      await handoffs.sweep(now);
      await real.originals.sweep();
      return null;
  }
}

async function put(real: Real, operation: Extract<Operation, { kind: 'put' }>): Promise<Outcome> {
  const { by, key, owner: userId, text, tokens, sources, max, ttl } = operation;
  const createdAt = real.clock.now();
  const { entry, created, evicted } = await real.contexts.put(
    callerOf(real, by),
    {
      context: CONTEXT,
      key,
      userId,
      hash: hashOriginal(text),
      contentKind: 'text',
      original: text,
      compressed: text,
      originalTokens: tokens,
      compressedTokens: tokens,
      transforms: [],
      metadata: {},
      derivedFrom: sources.map((source) => ({ key: source })),
      createdAt,
      expiresAt: after(createdAt, ttl),
    },
    { kind: 'any' },
    max,
  );
  return { version: entry.version, created, evicted, sources: entry.derivedFrom.map(named) };
}

function callerOf({ tenantId }: Real, by: string | undefined): Caller {
  return aCaller({ tenantId, users: by === undefined ? null : [by] });
}

function named({ key, version }: { readonly key: string; readonly version: number }): string {
  return `${key} ${version}`;
}

function after(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}
