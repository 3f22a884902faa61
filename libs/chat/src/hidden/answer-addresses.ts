import { createHash } from 'node:crypto';
import { textOf, type Message } from '#libs/kernel';

/** What an answer's address holds beside its place: the same conversation in another place is another one. */
export interface AddressRoom {
  readonly operation: string;
  readonly sessionId?: string | undefined;
}

/**
 * Names every answer that calls the client's tools, by its position among the messages. An address is made of what
 * clients keep: the user's last words, how many answers came since, and the id of the first call. Arguments and texts
 * are not part of it, since clients write them anew, nor is what came before, since clients cut it off. Ids alone
 * would not do: some providers number the calls of every conversation alike.
 */
export function answerAddresses(
  messages: readonly Message[],
  { operation, sessionId }: AddressRoom,
): ReadonlyMap<number, string> {
  const addresses = new Map<number, string>();
  let asked: Message | undefined;
  let place: string | undefined;
  let answers = 0;
  messages.forEach((message, i) => {
    if (message.role === 'user') {
      asked = message;
      place = undefined;
      answers = 0;
    }
    if (message.role !== 'assistant') return;
    const callId = firstCallId(message);
    if (callId !== undefined) {
      // The user's words may be long, and many answers share them.
      place ??= hashed([operation, sessionId ?? null, asked === undefined ? '' : textOf(asked)]);
      addresses.set(i, hashed([place, answers, callId]));
    }
    answers++;
  });
  return addresses;
}

/** The address that the answer to these messages will have when the client brings it along. */
export function nextAnswerAddress(messages: readonly Message[], callId: string, room: AddressRoom): string {
  const answer = {
    role: 'assistant',
    tool_calls: [{ id: callId, function: { name: '', arguments: '' } }],
  };
  return answerAddresses([...messages, answer], room).get(messages.length) ?? '';
}

function firstCallId({ tool_calls: calls }: Message): string | undefined {
  const first: unknown = Array.isArray(calls) ? calls[0] : undefined;
  if (typeof first !== 'object' || first === null || !('id' in first)) return undefined;
  return typeof first.id === 'string' ? first.id : undefined;
}

function hashed(parts: readonly (string | number | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
