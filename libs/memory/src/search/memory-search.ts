import type { Caller, Clock } from '#libs/kernel';
import { analyse } from '#libs/relevance';
import type { TokenCounter } from '#libs/tokens';
import type {
  NearMiss,
  SearchFallback,
  SearchGate,
  SearchMode,
  SearchOutcome,
  SearchRequest,
} from '../contract.js';
import type { ArmHits, KeywordHits, MemoryStore, MemoryView } from '../ports/memory-store.js';
import type { QueryEmbedding } from '../embedding/query-embedding.js';
import { readPeriods } from '../ranking/read-periods.js';
import { fuse, type Arms, type FusedHit } from './fuse.js';
import { packHits } from './pack.js';
import { doubledIn } from './promoted.js';
import { clipQuery } from './query-text.js';
import { viewOf } from './read-defaults.js';
import { askByMeaning } from './semantic-arm.js';
import { shadowBySubject } from './shadow.js';

const DEFAULT_TOP_K = 10;
/** Candidates per arm: enough that fusion, shadowing and the token budget still have something to choose from. */
const CANDIDATES_PER_RESULT = 2;
const MIN_CANDIDATES = 20;
/** The cosine of a memory that says just what is asked. */
const FULL_COSINE = 1;
const NOTHING: KeywordHits = { hits: [], full: 0, suppressed: { superseded: [], expired: [] } };

/** Answers one search: both arms, fusion, shadowing, thresholds, packing. */
export class MemorySearch {
  constructor(
    private readonly store: MemoryStore,
    private readonly queries: QueryEmbedding,
    private readonly clock: Clock,
  ) {}

  async search(caller: Caller, request: SearchRequest, counter: TokenCounter): Promise<SearchOutcome> {
    const view = viewOf(request, this.clock.now());
    const topK = request.topK ?? DEFAULT_TOP_K;
    const arms = await this.#askArms(
      caller,
      view,
      request,
      Math.max(MIN_CANDIDATES, topK * CANDIDATES_PER_RESULT),
    );
    const misses: NearMiss[] = [];
    const gate = (hits: readonly FusedHit[], name: SearchGate): void => {
      misses.push(...hits.map((hit) => ({ id: hit.memory.id, gate: name, score: hit.score })));
    };

    const fused = fuse(arms, request.asOf ?? view.now);
    const { originals, rest } = withoutPromotedOriginals(fused);
    gate(originals, 'promoted');
    const { hits, shadowed } = await shadowBySubject(this.store, caller, view, rest);
    gate(shadowed, 'shadowed');
    const minScore = request.minScore ?? 0;
    gate(
      hits.filter((hit) => hit.score < minScore),
      'min_score',
    );
    const strong = hits.filter((hit) => hit.score >= minScore);
    gate(strong.slice(topK), 'top_k');
    const budget = request.maxTokens ?? Number.POSITIVE_INFINITY;
    const packed = packHits(strong.slice(0, topK), budget, (text) => counter.countText(text));
    gate(packed.leftOut, 'max_tokens');

    const seen = new Set(fused.map((hit) => hit.memory.id));
    const superseded = suppressedIds(arms, 'superseded').filter((id) => !seen.has(id));
    const expired = suppressedIds(arms, 'expired').filter((id) => !seen.has(id));
    return {
      hits: request.explain === true ? packed.hits : packed.hits.map(({ boosts: _, ...hit }) => hit),
      mode: arms.mode,
      ...(arms.fallback !== undefined && { fallback: arms.fallback }),
      suppressed: { superseded: superseded.length, expired: expired.length, shadowed: shadowed.length },
      tokens: packed.tokens,
      ...(request.explain === true && {
        nearMisses: [
          ...misses,
          ...superseded.map((id) => ({ id, gate: 'superseded' as const })),
          ...expired.map((id) => ({ id, gate: 'expired' as const })),
        ],
      }),
    };
  }

  async #askArms(
    caller: Caller,
    view: MemoryView,
    request: SearchRequest,
    limit: number,
  ): Promise<AnsweredArms> {
    const wanted = request.mode ?? 'hybrid';
    const text = clipQuery(request.query);
    const query = wanted === 'keyword' ? undefined : await this.queries.embedQuery(text);
    const embeddings = query?.embeddings ?? [];
    const keywordToo = wanted !== 'semantic' || embeddings.length === 0;
    const [keyword, semantic] = await Promise.all([
      keywordToo ? this.#askKeywords(caller, view, text, limit) : undefined,
      embeddings.length === 0 ? undefined : askByMeaning(this.store, caller, view, embeddings, limit),
    ]);
    return {
      keyword,
      semantic: semantic && { hits: semantic.hits, full: FULL_COSINE },
      answers: [keyword, semantic].filter((arm) => arm !== undefined),
      mode: semantic === undefined ? 'keyword' : keyword === undefined ? 'semantic' : 'hybrid',
      fallback: query?.fallback,
    };
  }

  async #askKeywords(caller: Caller, view: MemoryView, text: string, limit: number): Promise<KeywordHits> {
    const terms = [...new Set(analyse(text))];
    if (terms.length === 0) return NOTHING;
    const periods = await readPeriods(text, view.asOf ?? view.now);
    return this.store.keywordHits(caller, view, { terms, periods }, limit);
  }
}

interface AnsweredArms extends Arms {
  readonly answers: readonly ArmHits[];
  readonly mode: SearchMode;
  readonly fallback: SearchFallback | undefined;
}

/** A memory and its promoted copy say the same; the copy stands for both. */
function withoutPromotedOriginals(hits: readonly FusedHit[]): { originals: FusedHit[]; rest: FusedHit[] } {
  const isDoubled = doubledIn(hits.map(({ memory }) => memory));
  const isOriginal = ({ memory }: FusedHit): boolean => isDoubled(memory);
  return { originals: hits.filter(isOriginal), rest: hits.filter((hit) => !isOriginal(hit)) };
}

function suppressedIds(arms: AnsweredArms, kind: 'superseded' | 'expired'): string[] {
  return [...new Set(arms.answers.flatMap((arm) => arm.suppressed[kind].map(({ id }) => id)))];
}
