import {
  type KeywordQuery,
  type MemoryTraits,
  Outline,
  postingsAt,
  rankByTerms,
  type TermPostings,
} from '#libs/memory';

interface Indexed {
  readonly terms: readonly string[];
  readonly traits: MemoryTraits;
}

/** A score per memory, 0 where nothing matches. Memories are numbered as they come; those without terms are gone. */
export function scoresByTerms(
  memories: readonly Indexed[],
  query: KeywordQuery,
): { readonly scores: Float64Array; readonly full: number } {
  const rows = memories.flatMap(({ terms, traits }, seq) =>
    terms.length === 0 ? [] : [{ seq, length: terms.length, ...traits }],
  );
  const outline = Outline.EMPTY.with(rows);
  const postings = [...new Set(query.terms)]
    .map((term) => postingsOf(term, memories, outline))
    .filter(({ places }) => places.length > 0);
  const scores = new Float64Array(memories.length);
  const ranking = rankByTerms(outline, postings, query);
  for (const slice of ranking.slices(memories.length)) {
    for (const { seq, score } of slice) scores[seq] = score;
  }
  return { scores, full: ranking.full };
}

function postingsOf(term: string, memories: readonly Indexed[], outline: Outline): TermPostings {
  const seqs: number[] = [];
  const frequencies: number[] = [];
  memories.forEach(({ terms }, seq) => {
    const frequency = terms.filter((one) => one === term).length;
    if (frequency === 0) return;
    seqs.push(seq);
    frequencies.push(frequency);
  });
  return postingsAt(outline, seqs, frequencies);
}
