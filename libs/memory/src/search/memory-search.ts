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
import type { ArmHits, MemoryStore, MemoryView } from '../ports/memory-store.js';
import type { QueryEmbedding } from '../embedding/query-embedding.js';
import { fuse, type FusedHit } from './fuse.js';
import { packHits } from './pack.js';
import { doubledIn } from './promoted.js';
import { clipQuery } from './query-text.js';
import { shadowBySubject } from './shadow.js';

const DEFAULT_TOP_K = 10;
/** Candidates per arm: enough that fusion, shadowing and the token budget still have something to choose from. */
const CANDIDATES_PER_RESULT = 4;
const MIN_CANDIDATES = 50;
/** Below this cosine a vector says nothing about the query; every memory is near to it by some amount. */
const MIN_COSINE = 0.2;
const NOTHING: ArmHits = { hits: [], suppressed: { superseded: [], expired: [] } };

/** Answers one search: both arms, fusion, shadowing, thresholds, packing. */
export class MemorySearch {
  constructor(
    private readonly store: MemoryStore,
    private readonly queries: QueryEmbedding,
    private readonly clock: Clock,
  ) {}

  async search(caller: Caller, request: SearchRequest, counter: TokenCounter): Promise<SearchOutcome> {
    const view = this.#viewOf(request);
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

  #viewOf(request: SearchRequest): MemoryView {
    return {
      scope: request.scope,
      mode: request.scopeMode ?? 'resolve',
      now: this.clock.now(),
      asOf: request.asOf,
      knownAsOf: request.knownAsOf,
      includeSuperseded: request.includeSuperseded ?? false,
      filter: request.filter,
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
    const vector = wanted === 'keyword' ? undefined : await this.queries.embed(text);
    const embedding = vector === undefined || typeof vector === 'string' ? undefined : vector;
    const keywordToo = wanted !== 'semantic' || embedding === undefined;
    const terms = keywordToo ? [...new Set(analyse(text))] : [];
    const [keyword, semantic] = await Promise.all([
      keywordToo ? this.#askKeywords(caller, view, terms, limit) : undefined,
      embedding === undefined ? undefined : this.store.semanticHits(caller, view, embedding, limit),
    ]);
    const near = semantic?.hits.filter((hit) => hit.score >= MIN_COSINE);
    return {
      keyword: keyword?.hits,
      semantic: near,
      answers: [keyword, semantic].filter((arm) => arm !== undefined),
      mode: semantic === undefined ? 'keyword' : keyword === undefined ? 'semantic' : 'hybrid',
      fallback: typeof vector === 'string' ? vector : undefined,
    };
  }

  #askKeywords(caller: Caller, view: MemoryView, terms: readonly string[], limit: number): Promise<ArmHits> {
    return terms.length === 0 ? Promise.resolve(NOTHING) : this.store.keywordHits(caller, view, terms, limit);
  }
}

interface AnsweredArms {
  readonly keyword: ArmHits['hits'] | undefined;
  readonly semantic: ArmHits['hits'] | undefined;
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
  return [...new Set(arms.answers.flatMap((arm) => arm.suppressed[kind]))];
}
