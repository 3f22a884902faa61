import type { MessageCache } from './message-cache.js';
import type { TurnOptions } from './turn.js';

export interface CompressionOptions extends TurnOptions {
  readonly cache?: MessageCache | undefined;
}
