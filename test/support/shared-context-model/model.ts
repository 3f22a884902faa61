/** A key's last version, and what is still there of it. */
interface Slot {
  readonly version: number;
  readonly owner: string | undefined;
  readonly order: number;
  readonly expiresAt: number;
  readonly text: string;
  readonly tokens: number;
  readonly sources: readonly string[];
  /** Deleted or evicted. */
  readonly isGone: boolean;
}

interface Given {
  readonly entries: readonly string[];
  readonly leftOut: readonly string[];
  readonly texts: readonly string[];
  readonly owners: readonly string[];
  readonly at: number;
  readonly expiresAt: number;
  readonly isAccepted: boolean;
}

/** One shared context with its handoffs, as simple as it can be said: what every store must look like from outside. */
export interface Model {
  readonly now: number;
  readonly puts: number;
  readonly slots: Readonly<Record<string, Slot>>;
  readonly handoffs: Readonly<Record<string, Given>>;
}

/** Who acts: a key bound to one user, or one for all of the tenant. */
type Actor = string | undefined;

export type Operation =
  | {
      readonly kind: 'put';
      readonly by: Actor;
      readonly key: string;
      readonly owner: string | undefined;
      readonly text: string;
      readonly tokens: number;
      readonly sources: readonly string[];
      readonly max: number;
      readonly ttl: number;
    }
  | { readonly kind: 'remove'; readonly by: Actor; readonly key: string }
  | { readonly kind: 'clear'; readonly by: Actor }
  | { readonly kind: 'find'; readonly by: Actor; readonly key: string }
  | { readonly kind: 'list'; readonly by: Actor }
  | {
      readonly kind: 'give';
      readonly by: Actor;
      readonly id: string;
      readonly keys: readonly string[];
      readonly budget: number | undefined;
      readonly ttl: number;
    }
  | { readonly kind: 'accept'; readonly by: Actor; readonly id: string }
  | { readonly kind: 'handoffs'; readonly by: Actor; readonly status: 'pending' | 'accepted' | 'expired' }
  | { readonly kind: 'pass'; readonly seconds: number }
  | { readonly kind: 'sweep' };

/** What an operation answers, as plain data; a refusal is its code. */
export type Outcome = unknown;

export const EMPTY: Model = { now: 0, puts: 0, slots: {}, handoffs: {} };

/** @returns the model after an operation, and what the operation answers. */
export function step(model: Model, operation: Operation): readonly [Model, Outcome] {
  switch (operation.kind) {
    case 'put':
      return put(model, operation);
    case 'remove': {
      const slot = model.slots[operation.key];
      if (!isThere(model, slot) || !sees(operation.by, slot.owner)) return [model, false];
      return [withSlots(model, { [operation.key]: { ...slot, isGone: true } }), true];
    }
    case 'clear': {
      const keys = visibleKeys(model, operation.by);
      return [withSlots(model, gone(model, keys)), keys.length];
    }
    case 'find':
      return [model, find(model, operation)];
    case 'list':
      return [model, visibleKeys(model, operation.by).map((key) => named(model, key))];
    case 'give':
      return give(model, operation);
    case 'accept':
      return accept(model, operation);
    case 'handoffs':
      return [model, handoffs(model, operation)];
    case 'pass':
      return [{ ...model, now: model.now + operation.seconds }, null];
    case 'sweep':
      return [model, null];
  }
}

type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;

function put(
  model: Model,
  { by, key, owner, text, tokens, sources, max, ttl }: Of<'put'>,
): readonly [Model, Outcome] {
  if (!sees(by, owner)) return [model, 'forbidden'];
  const before = model.slots[key];
  if (isThere(model, before) && !sees(by, before.owner)) return [model, 'forbidden'];
  for (const source of sources) {
    const slot = model.slots[source];
    if (isThere(model, slot) && !sees(by, slot.owner)) return [model, 'forbidden'];
  }
  if (sources.some((source) => !isThere(model, model.slots[source]))) return [model, 'validation_error'];
  const version = (before?.version ?? 0) + 1;
  const slot: Slot = {
    version,
    owner,
    order: model.puts,
    expiresAt: model.now + ttl,
    text,
    tokens,
    sources: sources.map((source) => named(model, source)),
    isGone: false,
  };
  const after = { ...withSlots(model, { [key]: slot }), puts: model.puts + 1 };
  const evicted = visibleKeys(after, by).slice(max).reverse();
  const outcome = { version, created: !isThere(model, before), evicted, sources: slot.sources };
  return [withSlots(after, gone(after, evicted)), outcome];
}

function find(model: Model, { by, key }: Of<'find'>): Outcome {
  const slot = model.slots[key];
  if (slot === undefined || slot.isGone || !sees(by, slot.owner)) return 'unknown';
  return isThere(model, slot) ? { version: slot.version, text: slot.text } : 'expired';
}

function give(model: Model, { by, id, keys, budget = Infinity, ttl }: Of<'give'>): readonly [Model, Outcome] {
  const slots = keys.map((key) => model.slots[key]);
  if (slots.some((slot) => isThere(model, slot) && !sees(by, slot.owner))) return [model, 'forbidden'];
  if (slots.some((slot) => !isThere(model, slot))) return [model, 'not_found'];
  const entries: string[] = [];
  const leftOut: string[] = [];
  const texts: string[] = [];
  const owners: string[] = [];
  let used = 0;
  keys.forEach((key, index) => {
    const slot = slots[index];
    if (slot === undefined) return;
    if (slot.owner !== undefined) owners.push(slot.owner);
    if (used + slot.tokens > budget) leftOut.push(named(model, key));
    else {
      used += slot.tokens;
      entries.push(named(model, key));
      texts.push(slot.text);
    }
  });
  if (entries.length === 0) return [model, 'context_over_budget'];
  const given = {
    entries,
    leftOut,
    texts,
    owners,
    at: model.now,
    expiresAt: model.now + ttl,
    isAccepted: false,
  };
  return [
    { ...model, handoffs: { ...model.handoffs, [id]: given } },
    { entries, leftOut },
  ];
}

function accept(model: Model, { by, id }: Of<'accept'>): readonly [Model, Outcome] {
  const given = model.handoffs[id];
  if (given === undefined) return [model, 'not_found'];
  if (!given.owners.every((owner) => sees(by, owner))) return [model, 'forbidden'];
  if (given.isAccepted || given.expiresAt <= model.now) return [model, 'conflict'];
  const { entries, texts } = given;
  const accepted = { ...given, isAccepted: true };
  return [
    { ...model, handoffs: { ...model.handoffs, [id]: accepted } },
    { entries, texts },
  ];
}

function handoffs({ handoffs: all, now }: Model, { by, status }: Of<'handoffs'>): Outcome {
  return Object.entries(all)
    .filter(([, { isAccepted, expiresAt }]) => {
      if (isAccepted) return status === 'accepted';
      return status === (expiresAt <= now ? 'expired' : 'pending');
    })
    .filter(([, { owners }]) => owners.every((owner) => sees(by, owner)))
    .sort(([a, { at }], [b, { at: otherAt }]) => otherAt - at || (a < b ? 1 : -1))
    .map(([id]) => id);
}

function sees(by: Actor, owner: string | undefined): boolean {
  return by === undefined || owner === undefined || by === owner;
}

function isThere({ now }: Model, slot: Slot | undefined): slot is Slot {
  return slot !== undefined && !slot.isGone && slot.expiresAt > now;
}

/** The last put first. */
function visibleKeys(model: Model, by: Actor): string[] {
  return Object.entries(model.slots)
    .filter(([, slot]) => isThere(model, slot) && sees(by, slot.owner))
    .sort(([, a], [, b]) => b.order - a.order)
    .map(([key]) => key);
}

function named({ slots }: Model, key: string): string {
  return `${key} ${String(slots[key]?.version)}`;
}

function gone({ slots }: Model, keys: readonly string[]): Record<string, Slot> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const slot = slots[key];
      return slot === undefined ? [] : [[key, { ...slot, isGone: true }]];
    }),
  );
}

function withSlots(model: Model, slots: Readonly<Record<string, Slot>>): Model {
  return { ...model, slots: { ...model.slots, ...slots } };
}
