import { hashOriginal } from '#libs/ccr';
import type { OutputObservation, OutputOutcome } from '#libs/learning';
import type { TextResult } from './compress-text.js';

/** What a tool's output teaches; one that was left as it is for other reasons than learning teaches nothing. */
export function observationOf(result: TextResult): OutputObservation[] {
  const { text, tokens, toolName = '', output, structure, isHeldWhole } = result;
  if (structure === undefined || (typeof output === 'string' && isHeldWhole !== true)) return [];
  const after = typeof output === 'string' ? { tokens, itemsBefore: 1, itemsAfter: 1 } : output;
  return [
    {
      type: 'output',
      signature: structure.signature,
      toolName,
      kind: structure.kind,
      hash: hashOriginal(text),
      fields: structure.fields,
      tokensBefore: tokens,
      tokensAfter: after.tokens,
      itemsBefore: after.itemsBefore,
      itemsAfter: after.itemsAfter,
      outcome: outcomeOf(result),
    },
  ];
}

function outcomeOf({ output, isHeldWhole }: TextResult): OutputOutcome {
  if (isHeldWhole === true) return 'held_whole';
  return typeof output !== 'string' && output.isLossy ? 'shortened' : 'lossless';
}
