import { decodeLosslessJson } from './stages/json/lossless-json.js';
import { decodeLosslessLog, LOG_HEADER } from './stages/log/lossless-log.js';

/**
 * Gives back what a lossless form stands for: a log byte for byte, JSON with every literal but without the white space
 * between its tokens. Text in no lossless form comes back as it is.
 */
export function decodeLossless(text: string): string {
  return text.startsWith(LOG_HEADER) ? decodeLosslessLog(text) : decodeLosslessJson(text);
}
