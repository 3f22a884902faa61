import type { JsonClient } from '../json-client.js';
import { inLanes } from '../lanes.js';
import type { Corpus, CorpusQuestion } from './corpus.js';
import type { KeysById } from './remembered.js';
import { groupPlaces, hitAt, mean, ndcgAt, recallAt, type Place } from './scores.js';

export type Mode = 'keyword' | 'semantic' | 'hybrid';

/** Shares from 0 to 1, of one ranking or averaged over several. */
export interface Scores {
  readonly r5: number;
  readonly r10: number;
  readonly r20: number;
  readonly hit10: number;
  readonly ndcg10: number;
}

/** How well one question was answered, or many on average. */
export interface Measured {
  readonly turns: Scores;
  readonly sessions: Scores;
  /** R@10 by turn of a search that asks for ten only. */
  readonly asked10: number;
  /** Recall within what fits into {@link CONTEXT_TOKENS}, by turn and by session, and the tokens that it takes. */
  readonly packed: { readonly turns: number; readonly sessions: number; readonly tokens: number };
}

export interface MeasuredQuestion extends Measured {
  readonly category: string;
}

export const CONTEXT_TOKENS = 1_000;
const TOP_K = 100;
const LANES = 2;

interface SearchAnswer {
  readonly data: readonly { readonly memory: { readonly id: string } }[];
  readonly mode: Mode;
  readonly tokens: number;
}

/** Asks every question of a corpus that was stored, in one mode of search. */
export async function measure(
  client: JsonClient,
  corpus: Corpus,
  keys: KeysById,
  mode: Mode,
): Promise<MeasuredQuestion[]> {
  const search = async (
    { query, userId }: CorpusQuestion,
    limits: { top_k: number; max_tokens?: number },
  ): Promise<{ places: Place[]; tokens: number }> => {
    const body = { query, user_id: userId, scope: 'subtree', mode, ...limits };
    const answer = JSON.parse(await client.post('/v1/memories/search', body)) as SearchAnswer;
    if (answer.mode !== mode) throw new Error(`Asked for ${mode}, answered by ${answer.mode}: ${query}`);
    return { places: answer.data.map(({ memory }) => keys.get(memory.id) ?? []), tokens: answer.tokens };
  };
  return inLanes(LANES, corpus.questions, async (question) => {
    const { wanted } = question;
    const sessions = new Set([...wanted].map((key) => corpus.sessionOf(key)));
    const bySession = (places: Place[]): Place[] => groupPlaces(places, (key) => corpus.sessionOf(key));
    const all = await search(question, { top_k: TOP_K });
    const ten = await search(question, { top_k: 10 });
    const packed = await search(question, { top_k: TOP_K, max_tokens: CONTEXT_TOKENS });
    return {
      category: question.category,
      turns: scoresOf(all.places, wanted),
      sessions: scoresOf(bySession(all.places), sessions),
      asked10: recallAt(10, ten.places, wanted),
      packed: {
        turns: recallAt(TOP_K, packed.places, wanted),
        sessions: recallAt(TOP_K, bySession(packed.places), sessions),
        tokens: packed.tokens,
      },
    };
  });
}

function scoresOf(places: readonly Place[], wanted: ReadonlySet<string>): Scores {
  return {
    r5: recallAt(5, places, wanted),
    r10: recallAt(10, places, wanted),
    r20: recallAt(20, places, wanted),
    hit10: hitAt(10, places, wanted),
    ndcg10: ndcgAt(10, places, wanted),
  };
}

/** The mean of every figure; each question counts the same. */
export function meanOf(measured: readonly Measured[]): Measured {
  const over = (pick: (one: Measured) => number): number => mean(measured.map(pick));
  const scores = (pick: (one: Measured) => Scores): Scores => ({
    r5: over((one) => pick(one).r5),
    r10: over((one) => pick(one).r10),
    r20: over((one) => pick(one).r20),
    hit10: over((one) => pick(one).hit10),
    ndcg10: over((one) => pick(one).ndcg10),
  });
  return {
    turns: scores((one) => one.turns),
    sessions: scores((one) => one.sessions),
    asked10: over((one) => one.asked10),
    packed: {
      turns: over((one) => one.packed.turns),
      sessions: over((one) => one.packed.sessions),
      tokens: over((one) => one.packed.tokens),
    },
  };
}
