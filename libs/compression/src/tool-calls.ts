import type { ContentPart, Message } from '#libs/kernel';

/** A call of a tool as the assistant made it. */
export interface CalledTool {
  readonly name: string;
  /** As they were sent: OpenAI's as JSON text, Anthropic's as a value. */
  readonly sentArguments: unknown;
}

/** Finds the call that a tool result answers. */
export class ToolCalls {
  private readonly byId = new Map<string, { readonly index: number; readonly call: CalledTool }[]>();

  constructor(messages: readonly Message[]) {
    for (const [index, message] of messages.entries()) {
      for (const [id, call] of callsIn(message)) {
        const known = this.byId.get(id);
        if (known === undefined) this.byId.set(id, [{ index, call }]);
        else known.push({ index, call });
      }
    }
  }

  /** Ids repeat in real conversations: the last call before the result is the one it answers, whatever comes later. */
  callOf(id: string | undefined, index: number): CalledTool | undefined {
    if (id === undefined) return undefined;
    return this.byId.get(id)?.findLast((each) => each.index <= index)?.call;
  }
}

/** The calls of a message with their ids, in either provider's shape. */
export function* callsIn(message: Message): Generator<[id: string, call: CalledTool]> {
  if (message.role !== 'assistant') return;
  for (const { id, function: called } of sentCalls(message)) {
    if (typeof id !== 'string' || typeof called?.name !== 'string') continue;
    yield [id, { name: called.name, sentArguments: called.arguments }];
  }
  if (!Array.isArray(message.content)) return;
  for (const { type, id, name, input } of message.content as readonly ContentPart[]) {
    if (type === 'tool_use' && typeof id === 'string' && typeof name === 'string')
      yield [id, { name, sentArguments: input }];
  }
}

/** The arguments of a call; undefined where they are no JSON. */
export function argumentsOf({ sentArguments }: CalledTool): unknown {
  if (typeof sentArguments !== 'string') return sentArguments;
  try {
    return JSON.parse(sentArguments);
  } catch {
    return undefined;
  }
}

/** What a client sent is not checked yet: any part of a call may be missing. */
interface SentCall {
  readonly id?: unknown;
  readonly function?: { readonly name?: unknown; readonly arguments?: unknown } | null;
}

function sentCalls({ tool_calls: calls }: Message): readonly SentCall[] {
  if (!Array.isArray(calls)) return [];
  return (calls as readonly unknown[]).filter(
    (call): call is SentCall => typeof call === 'object' && call !== null,
  );
}
