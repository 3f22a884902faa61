import type { Caller } from '#libs/kernel';
import type { ProviderHeaders, ProviderResponse } from './chat-provider.js';
import type { PreparedPrompt } from './prepared-prompt.js';
import type { ProviderUsage } from './called-tool.js';
import type { TurnRequest } from './turn-contract.js';
import type { TurnTimer } from './turn-record.js';

/** A turn on its way: what was sent, by whom, and how to go on. */
export interface OpenTurn {
  readonly caller: Caller;
  readonly request: TurnRequest;
  readonly prepared: PreparedPrompt;
  readonly timer: TurnTimer;
  /** Tools whose calls are answered here; a name that the client declared itself is the client's. */
  readonly ourNames: readonly string[];
  readonly stripsMemory: boolean;
  send(body: Uint8Array): Promise<ProviderResponse>;
  /** The answer's headers: the provider's own, and what this service says. */
  headersOf(response: ProviderResponse): ProviderHeaders;
  /** Writes the turn's record; called once, when the answer has ended. */
  close(usage: ProviderUsage | undefined, failed: boolean): void;
}
