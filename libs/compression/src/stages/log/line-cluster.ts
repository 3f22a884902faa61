import type { VaryingWord } from './varying-word.js';

/** Lines that differ only in their variable parts. */
export interface LineCluster {
  /** Words and separators; what the words have in common where the lines differ. */
  readonly parts: (string | VaryingWord)[];
  /** How many lines. */
  size: number;
}
