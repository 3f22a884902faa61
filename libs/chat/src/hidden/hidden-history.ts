import type { Caller, Message } from '#libs/kernel';
import type { AskedPrompt, ProviderDialect } from '../provider-dialect.js';
import type { TurnRequest } from '../turn-contract.js';
import { answerAddresses, nextAnswerAddress, type AddressRoom } from './answer-addresses.js';
import type { HiddenCallStore } from './hidden-call-store.js';
import type { HiddenCalls } from './hidden-calls.js';

/** Our calls in the history of a conversation whose client never saw them. */
export class HiddenHistory {
  constructor(
    private readonly dialect: ProviderDialect,
    private readonly store: HiddenCallStore,
  ) {}

  /** The body's text as it would be if the client had kept our calls: with the same bytes in every request. */
  async restored(caller: Caller, asked: AskedPrompt, request: TurnRequest): Promise<string> {
    const addresses = answerAddresses(asked.messages, this.roomOf(request));
    if (addresses.size === 0) return asked.text;
    const known = await this.store.find(caller, [...new Set(addresses.values())], request.scope?.userId);
    const hidden = new Map<number, HiddenCalls>();
    for (const [position, address] of addresses) {
      const calls = known.get(address);
      if (calls !== undefined) hidden.set(position, calls);
    }
    return hidden.size === 0 ? asked.text : this.dialect.withHidden(asked, hidden);
  }

  /** @param asked what the client sent. @param callId of the first call in the answer that the client gets to see. */
  async keep(
    caller: Caller,
    request: TurnRequest,
    { asked, callId, hidden }: { asked: readonly Message[]; callId: string; hidden: HiddenCalls },
  ): Promise<void> {
    const address = nextAnswerAddress(asked, callId, this.roomOf(request));
    await this.store.keep(caller, address, hidden, request.scope?.userId);
  }

  private roomOf({ sessionId }: TurnRequest): AddressRoom {
    return { operation: this.dialect.operation, sessionId };
  }
}
