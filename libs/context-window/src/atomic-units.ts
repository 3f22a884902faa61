import type { Message } from '#libs/kernel';
import { callsOf, resultIds } from './message-calls.js';

/** Indices of messages that are kept or dropped together, ascending: one message, or tool calls with their results. */
export type AtomicUnit = readonly number[];

/** A tool call, and whether it has its result. */
interface Call {
  readonly id: string | undefined;
  /** The index of the message that makes it. */
  readonly message: number;
  answered: boolean;
}

/**
 * Splits a conversation into units, ordered by their first message. Ids repeat in real conversations and some calls
 * are never answered, so results are paired by order: each answers the last open call of its id, or without a known id
 * the last open call at all.
 */
export function atomicUnits(messages: readonly Message[]): AtomicUnit[] {
  const together = new UnitTree();
  const open = new OpenCalls();
  messages.forEach((message, index) => {
    together.add(index);
    for (const id of resultIds(message)) {
      const call = open.answer(id);
      if (call !== undefined) together.join(call.message, index);
    }
    for (const { id } of callsOf(message)) open.add({ id, message: index, answered: false });
  });
  const units = new Map<number, number[]>();
  messages.forEach((_, index) => {
    const root = together.rootOf(index);
    const unit = units.get(root);
    if (unit === undefined) units.set(root, [index]);
    else unit.push(index);
  });
  return [...units.values()];
}

/** Calls without a result so far, the last made on top. */
class OpenCalls {
  private readonly all: Call[] = [];
  private readonly byId = new Map<string, Call[]>();

  add(call: Call): void {
    this.all.push(call);
    if (call.id === undefined) return;
    const sameId = this.byId.get(call.id);
    if (sameId === undefined) this.byId.set(call.id, [call]);
    else sameId.push(call);
  }

  answer(id: string | undefined): Call | undefined {
    const call = lastOpen(id === undefined ? [] : (this.byId.get(id) ?? [])) ?? lastOpen(this.all);
    if (call !== undefined) call.answered = true;
    return call;
  }
}

/** Forgets answered calls on the way, so that each is looked at once. */
function lastOpen(calls: Call[]): Call | undefined {
  while (calls.at(-1)?.answered === true) calls.pop();
  return calls.at(-1);
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
