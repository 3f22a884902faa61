import { parseJsonTree } from '#libs/json-text';
import { type Detector, percent } from './detector.js';

/** So many documents are parsed; the others are believed by their brackets. */
const PARSED_LINES = 12;
const PARSED_CHARACTERS = 4096;
const MIN_SHARE = 0.8;

/** JSON Lines: one document on each line. */
export const detectJsonLines: Detector = ({ raw }) => {
  let documents = 0;
  let total = 0;
  let parsed = 0;
  for (const stretch of raw) {
    for (const line of stretch.split('\n')) {
      const text = line.trim();
      if (text === '') continue;
      total++;
      if (!isBracketed(text)) {
        // Most lines must be documents, so much else at the start ends the search.
        if (total > 8 && documents < total / 2) return undefined;
        continue;
      }
      if (parsed < PARSED_LINES && text.length <= PARSED_CHARACTERS) {
        parsed++;
        if (parseJsonTree(text) === undefined) continue;
      }
      documents++;
    }
  }
  const share = total === 0 ? 0 : documents / total;
  if (documents < 2 || share < MIN_SHARE) return undefined;
  return {
    kind: 'jsonl',
    confidence: share,
    reason: `${percent(share)} of lines are JSON`,
  };
};

function isBracketed(line: string): boolean {
  return (line.startsWith('{') && line.endsWith('}')) || (line.startsWith('[') && /["\d\]}el]\]$/.test(line));
}
