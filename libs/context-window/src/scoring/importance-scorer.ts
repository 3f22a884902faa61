import { lastUserText, type Caller, type Message } from '#libs/kernel';
import { NOTHING_LEARNED } from '#libs/learning';
import type { AtomicUnit } from '../atomic-units.js';
import { calledTools } from './called-tools.js';
import { ConversationWords } from './conversation-words.js';
import { errorIndicator } from './error-indicator.js';
import { withLearnedErrors } from './learned-errors.js';
import { forwardReference } from './forward-reference.js';
import type { MessageScore } from './message-score.js';
import { scoredTexts } from './message-text.js';
import { recency } from './recency.js';
import { withMeaning } from './meaning-similarity.js';
import { withNeighbours, wordSimilarity } from './semantic-similarity.js';
import type { TextEmbedder } from './text-embedder.js';
import { toinImportance, type ToolExperience } from './toin-importance.js';
import { tokenDensity } from './token-density.js';
import { FACTORS, normalisedWeights, type ScoringWeights } from './weights.js';

/** Messages after which the event loop gets a turn. */
const SLICE = 250;

/** Each factor's value per message. */
type Factors = Readonly<Record<keyof ScoringWeights, Float64Array>>;

export interface ScoringRequest {
  readonly asSent: readonly Message[];
  readonly units: readonly AtomicUnit[];
  /** Importance is told as of this index: what comes later refers to nothing and is as recent as can be. */
  readonly end: number;
  readonly weights?: Partial<ScoringWeights> | undefined;
  readonly query?: string | undefined;
}

/** Tells how important messages are by six factors. */
export class ImportanceScorer {
  constructor(
    private readonly experience?: ToolExperience,
    private readonly embedder?: TextEmbedder,
  ) {}

  /** Scores index by index; undefined when the weights tell nothing. The same request gives the same scores. */
  async score(caller: Caller, request: ScoringRequest): Promise<readonly MessageScore[] | undefined> {
    const weights = normalisedWeights(request.weights);
    if (weights === undefined) return undefined;
    const { asSent, units, end, query } = request;
    const { words, texts, errors } = await read(asSent);
    await breath();
    const tools = calledTools(asSent, units);
    const learned = (await this.experience?.snapshot(caller)) ?? NOTHING_LEARNED;
    const isTalk = tools.map((names) => names.length === 0);
    const similarity = await this.similarity(words, texts, query ?? lastUserText(asSent));
    await breath();
    const references = forwardReference(words, units, end);
    await breath();
    const factors: Factors = {
      recency: recency(asSent.length, end),
      semanticSimilarity: withNeighbours(similarity, isTalk),
      toinImportance: toinImportance(tools, learned),
      errorIndicator: withLearnedErrors(errors, texts, tools, learned),
      forwardReference: references,
      tokenDensity: tokenDensity(words),
    };
    return asSent.map((_, index) => scoreOf(index, factors, weights));
  }

  private async similarity(
    words: ConversationWords,
    texts: readonly string[],
    question: string,
  ): Promise<Float64Array> {
    return withMeaning(wordSimilarity(words, question), texts, question, this.embedder);
  }
}

/** What the factors look at of each message. */
interface ReadConversation {
  readonly words: ConversationWords;
  readonly texts: readonly string[];
  readonly errors: Float64Array;
}

async function read(messages: readonly Message[]): Promise<ReadConversation> {
  const words = new ConversationWords();
  const texts: string[] = [];
  const errors = new Float64Array(messages.length);
  for (const [index, message] of messages.entries()) {
    const own = scoredTexts(message);
    words.add(own);
    texts.push(own.join('\n'));
    errors[index] = errorIndicator(message, own);
    if (index % SLICE === SLICE - 1) await breath();
  }
  return { words, texts, errors };
}

function scoreOf(index: number, factors: Factors, weights: ScoringWeights): MessageScore {
  const factor = (name: keyof ScoringWeights): number => factors[name][index] ?? 0;
  return {
    index,
    total: Math.min(
      1,
      FACTORS.reduce((sum, name) => sum + weights[name] * factor(name), 0),
    ),
    recency: factor('recency'),
    semanticSimilarity: factor('semanticSimilarity'),
    toinImportance: factor('toinImportance'),
    errorIndicator: factor('errorIndicator'),
    forwardReference: factor('forwardReference'),
    tokenDensity: factor('tokenDensity'),
  };
}

function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
