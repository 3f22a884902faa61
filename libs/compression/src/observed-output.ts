import { hashOriginal } from '#libs/ccr';
import type { OutputObservation, OutputOutcome } from '#libs/learning';
import type { TextResult } from './compress-text.js';

/** What a tool's output teaches; one that was left as it is for other reasons than learning teaches nothing. */
export function observationOf(result: TextResult): OutputObservation[] {
  const { text, tokens, toolName = '', output, structure, hints } = result;
  if (structure === undefined || (typeof output === 'string' && hints?.keepWhole !== true)) return [];
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

function outcomeOf({ output, hints = {} }: TextResult): OutputOutcome {
  if (hints.keepWhole === true) return 'by_hints';
  if (typeof output === 'string' || !output.isLossy) return 'lossless';
  return Object.keys(hints).length > 0 ? 'by_hints' : 'shortened';
}
