import type { ContentPart, Message } from '#libs/kernel';

/** Indices of messages that are kept or dropped together, ascending: one message, or tool calls with their results. */
export type AtomicUnit = readonly number[];

/** A tool call that waits for its result. */
interface OpenCall {
  readonly id: string | undefined;
  readonly unit: number;
}

/**
 * Splits a conversation into units, ordered by their first message. Results are paired with calls by order: each
 * answers the oldest open call of its id, or without a known id the oldest open call at all, because ids repeat in
 * real conversations.
 */
export function atomicUnits(messages: readonly Message[]): AtomicUnit[] {
  const units: number[][] = [];
  const unitOf = new UnitTree();
  const open = new OpenCalls();
  messages.forEach((message, index) => {
    unitOf.add(index);
    for (const id of resultIds(message)) {
      const call = open.answer(id);
      if (call !== undefined) unitOf.join(call.unit, index);
    }
    for (const id of callIds(message)) open.add({ id, unit: index });
  });
  messages.forEach((_, index) => {
    const root = unitOf.rootOf(index);
    (units[root] ??= []).push(index);
  });
  return units.filter((unit) => unit.length > 0);
}

/** Open calls, found by id or by age, each in constant time on average. */
class OpenCalls {
  private readonly byId = new Map<string, OpenCall[]>();
  private readonly byAge = new Set<OpenCall>();

  add(call: OpenCall): void {
    this.byAge.add(call);
    if (call.id === undefined) return;
    const sameId = this.byId.get(call.id);
    if (sameId === undefined) this.byId.set(call.id, [call]);
    else sameId.push(call);
  }

  answer(id: string | undefined): OpenCall | undefined {
    const call = this.oldest(id);
    if (call === undefined) return undefined;
    this.byAge.delete(call);
    if (call.id !== undefined)
      this.byId.set(
        call.id,
        (this.byId.get(call.id) ?? []).filter((each) => each !== call),
      );
    return call;
  }

  private oldest(id: string | undefined): OpenCall | undefined {
    if (id !== undefined && this.byId.has(id)) return this.byId.get(id)?.[0];
    return this.byAge.values().next().value;
  }
}

/** Which messages belong together; a unit is known by its first message. */
class UnitTree {
  private readonly parents: number[] = [];

  add(index: number): void {
    this.parents[index] = index;
  }

  rootOf(index: number): number {
    let root = index;
    for (
      let parent = this.parents[root];
      parent !== undefined && parent !== root;
      parent = this.parents[root]
    ) {
      root = parent;
    }
    this.parents[index] = root;
    return root;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.rootOf(a), this.rootOf(b)];
    this.parents[Math.max(first, second)] = Math.min(first, second);
  }
}

/** The ids of a message's tool calls: OpenAI's, the older `function_call`, and Anthropic's `tool_use` blocks. */
function callIds(message: Message): (string | undefined)[] {
  const ids: (string | undefined)[] = [];
  if (Array.isArray(message.tool_calls)) {
    for (const call of message.tool_calls as readonly ({ id?: unknown } | null)[])
      ids.push(stringOrNone(call?.id));
  }
  if (message['function_call'] !== undefined && message['function_call'] !== null) ids.push(undefined);
  for (const part of partsOf(message)) if (part.type === 'tool_use') ids.push(stringOrNone(part['id']));
  return ids;
}

/** The ids that a message's tool results answer. */
function resultIds(message: Message): (string | undefined)[] {
  if (message.role === 'tool') return [stringOrNone(message.tool_call_id)];
  if (message.role === 'function') return [undefined];
  return partsOf(message)
    .filter((part) => part.type === 'tool_result')
    .map((part) => stringOrNone(part['tool_use_id']));
}

export function partsOf(message: Message): readonly ContentPart[] {
  if (!Array.isArray(message.content)) return [];
  return (message.content as readonly unknown[]).filter(
    (part): part is ContentPart => typeof part === 'object' && part !== null,
  );
}

function stringOrNone(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
