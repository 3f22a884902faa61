import type { JsonNode } from '#libs/json-text';
import type { CodeLanguage } from '../stages/code/syntax-parser.js';

export type ContentKind =
  | 'json'
  | 'jsonl'
  | 'csv'
  | 'log'
  | 'build_log'
  | 'search'
  | 'diff'
  | 'html'
  | 'code'
  | 'markdown'
  | 'text'
  | 'mixed';

export interface DetectedContent {
  readonly kind: ContentKind;
  /** Between 0 and 1: the share of the structure looked for that was found. */
  readonly confidence: number;
  /** What the kind was found by, in a few words. */
  readonly reason: string;
  /** Of source code, where it is known. */
  readonly language?: CodeLanguage | undefined;
  /** The document, where the text is JSON. */
  readonly document?: JsonNode | undefined;
}
