import { analyse, Bm25Index } from '#libs/relevance';
import type { ConversationWords } from './conversation-words.js';

/** Of a longer question the beginning is read. */
export const QUESTION_CHARACTERS = 4000;
/** A text with this many of a question's rarest terms answers it in full. */
const TELLING_TERMS = 8;
/** Below 1, so that a text with half of the terms is worth more than half. */
const CONCAVITY = 0.75;
/** What talk right before or after a similar message has of its similarity: an answer seldom repeats its question. */
const SHARE_OF_NEIGHBOURS = 0.7;

/** How much of what tells a question from the conversation before `end` each of its messages has, by BM25, 0–1. */
export function wordSimilarity(words: ConversationWords, question: string, end: number): Float64Array {
  const asked = new Set(analyse(question.slice(0, QUESTION_CHARACTERS)));
  const termsOf: (string[] | undefined)[] = new Array<undefined>(words.vocabulary.length).fill(undefined);
  for (const term of asked) {
    for (const word of words.wordsByTerm.get(term) ?? []) (termsOf[word] ??= []).push(term);
  }
  const messages = words.perMessage.slice(0, end);
  const index = new Bm25Index(
    messages.map((own) => {
      const terms: string[] = [];
      for (const word of own) for (const term of termsOf[word] ?? []) terms.push(term);
      return terms;
    }),
    messages.map((own) => own.length),
  );
  const full = [...asked]
    .map((term) => index.inverseDocumentFrequency(term))
    .sort((a, b) => b - a)
    .slice(0, TELLING_TERMS)
    .reduce((sum, weight) => sum + weight, 0);
  if (full === 0) return new Float64Array(index.size);
  const divisor = Math.max(full, Math.LN2);
  return index.scores([...asked]).map((score) => Math.min(1, score / divisor) ** CONCAVITY);
}

/** Similarity spread from one message of a talk to the next; tool calls and results are no talk. */
export function withNeighbours(similarity: Float64Array, isTalk: readonly boolean[]): Float64Array {
  const ofTalk = (index: number): number => (isTalk[index] === true ? (similarity[index] ?? 0) : 0);
  return similarity.map((own, index) =>
    isTalk[index] === true
      ? Math.max(own, SHARE_OF_NEIGHBOURS * Math.max(ofTalk(index - 1), ofTalk(index + 1)))
      : own,
  );
}
