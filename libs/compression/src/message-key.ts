import { createHash } from 'node:crypto';
import type { Message } from '#libs/kernel';
import { compressibleTexts } from './message-texts.js';
import type { Turn } from './turn.js';

const configKeys = new WeakMap<Turn, string>();

/**
 * Everything that the result of a message depends on, as one hash.
 * @throws RangeError when the message is nested too deep to be written.
 */
export function messageKey(turn: Turn, message: Message, index: number): string {
  const texts = compressibleTexts(message, turn.config.compressUserMessages);
  const hash = createHash('sha256').update(configKey(turn)).update(JSON.stringify(message));
  if (index < turn.config.frozenMessageCount) hash.update('\u0000frozen');
  if (texts.length > 0) {
    const isRecent = index >= turn.messageCount - turn.config.protectRecentCode;
    const names = texts.map(({ toolCallId }) => turn.toolNameOf(toolCallId) ?? '');
    hash.update(JSON.stringify(['\u0000', isRecent, names, turn.queryAt(index)]));
  }
  return hash.digest('base64');
}

function configKey(turn: Turn): string {
  let key = configKeys.get(turn);
  if (key === undefined) {
    const { deadlineMs: _, ...config } = turn.config;
    key = JSON.stringify([config, turn.counter.encoding, turn.counter.exact]);
    configKeys.set(turn, key);
  }
  return key;
}
