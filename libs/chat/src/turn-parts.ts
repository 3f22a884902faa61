import type { ChatProvider } from './chat-provider.js';
import type { HiddenHistory } from './hidden/hidden-history.js';
import type { PendingWork } from './pending-work.js';
import type { PromptPreparation } from './prompt-preparation.js';
import type { ProviderDialect } from './provider-dialect.js';
import type { TurnTools } from './tools/turn-tools.js';
import type { TurnMemory, TurnObserver } from './turn-contract.js';
import type { Stopwatch, TurnRecords } from './turn-record.js';

/** What a turn is made of. */
export interface ChatTurnParts {
  readonly dialect: ProviderDialect;
  readonly provider: ChatProvider;
  readonly preparation: PromptPreparation;
  readonly memory: TurnMemory;
  readonly tools: TurnTools;
  readonly hidden: HiddenHistory;
  readonly records: TurnRecords;
  readonly observer: TurnObserver;
  readonly pending: PendingWork;
  readonly stopwatch: Stopwatch;
}
