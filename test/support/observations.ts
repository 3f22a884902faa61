import type { OutputObservation, RetrievalObservation } from '#libs/learning';

const SIGNATURE = 'a'.repeat(24);
let outputs = 0;

/** An output of 40 items of which 15 stayed; each is another one unless its hash is given. */
export const anOutput = (changes: Partial<OutputObservation> = {}): OutputObservation => ({
  type: 'output',
  signature: SIGNATURE,
  toolName: 'search',
  kind: 'json',
  hash: `output ${String(outputs++)}`,
  fields: [{ name: 'name', types: ['string'], filled: 1, distinct: 1 }],
  tokensBefore: 100,
  tokensAfter: 20,
  itemsBefore: 40,
  itemsAfter: 15,
  outcome: 'shortened',
  ...changes,
});

export const aRetrieval = (changes: Partial<RetrievalObservation> = {}): RetrievalObservation => ({
  type: 'retrieval',
  signature: SIGNATURE,
  toolName: 'search',
  retrievalType: 'full',
  itemsRetrieved: 40,
  queried: [],
  exceptional: [],
  ...changes,
});

export const aSearch = (...queried: string[]): RetrievalObservation =>
  aRetrieval({ retrievalType: 'search', itemsRetrieved: 1, queried });
