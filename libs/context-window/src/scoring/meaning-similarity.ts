import { QUESTION_CHARACTERS } from './semantic-similarity.js';
import type { TextEmbedder } from './text-embedder.js';

/** Embedding takes milliseconds per text: longer conversations are compared by their words alone. */
const MOST_MESSAGES = 128;
/** What models of this kind read of a text. */
const EMBEDDED_CHARACTERS = 1000;
/** Half by words and half by meaning, as the documented hybrid scorer. */
const SHARE_OF_MEANING = 0.5;

/**
 * Similarity by words, made one half by meaning: the cosine of a message's vector and the question's. Without an
 * embedder, or with one that fails, the words stand for themselves.
 */
export async function withMeaning(
  byWords: Float64Array,
  texts: readonly string[],
  question: string,
  embedder: TextEmbedder | undefined,
): Promise<Float64Array> {
  if (embedder === undefined || texts.length > MOST_MESSAGES || question.trim() === '') return byWords;
  const vectors = await embedder
    .embed([
      question.slice(0, QUESTION_CHARACTERS),
      ...texts.map((text) => text.slice(0, EMBEDDED_CHARACTERS)),
    ])
    .catch(() => undefined);
  const asked = vectors?.[0];
  if (vectors === undefined || asked === undefined) return byWords;
  return byWords.map((own, index) => {
    const cosine = dot(asked, vectors[index + 1]);
    return (1 - SHARE_OF_MEANING) * own + SHARE_OF_MEANING * Math.min(1, Math.max(0, cosine));
  });
}

function dot(a: Float32Array, b: Float32Array | undefined): number {
  return b === undefined ? 0 : a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
