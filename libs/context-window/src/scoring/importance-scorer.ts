import { lastUserText, type Caller, type Message } from '#libs/kernel';
import { NOTHING_LEARNED } from '#libs/learning';
import type { AtomicUnit } from '../atomic-units.js';
import { breath } from '../breath.js';
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
  readonly weights?: Partial<ScoringWeights> | undefined;
  readonly query?: string | undefined;
}

/** Tells how important messages are by six factors. */
export class ImportanceScorer {
  constructor(
    private readonly experience?: ToolExperience,
    private readonly embedder?: TextEmbedder,
  ) {}

  /** Reads a conversation once, to be scored as of any of its messages; undefined when the weights tell nothing. */
  async read(caller: Caller, request: ScoringRequest): Promise<Importance | undefined> {
    const weights = normalisedWeights(request.weights);
    if (weights === undefined) return undefined;
    const conversation = await read(request.asSent);
    await breath();
    const tools = calledTools(request.asSent, request.units);
    const learned = (await this.experience?.snapshot(caller)) ?? NOTHING_LEARNED;
    const lasting: LastingFactors = {
      isTalk: tools.map((names) => names.length === 0),
      toinImportance: toinImportance(tools, learned),
      errorIndicator: withLearnedErrors(conversation.errors, conversation.texts, tools, learned),
      tokenDensity: tokenDensity(conversation.words),
    };
    return new Importance(request, conversation, lasting, weights, this.embedder);
  }
}

/** What does not depend on when it is told. */
interface LastingFactors extends Pick<Factors, 'toinImportance' | 'errorIndicator' | 'tokenDensity'> {
  readonly isTalk: readonly boolean[];
}

/** The importance of a conversation's messages. */
export class Importance {
  private readonly told = new Map<string, Promise<readonly MessageScore[]>>();

  constructor(
    private readonly request: ScoringRequest,
    private readonly conversation: ReadConversation,
    private readonly lasting: LastingFactors,
    private readonly weights: ScoringWeights,
    private readonly embedder: TextEmbedder | undefined,
  ) {}

  /** What is asked for at the end: the query, or what the user said last before it. */
  questionAt(end: number): string {
    return this.request.query ?? lastUserText(this.request.asSent, end - 1);
  }

  /** Scores of the messages before `end` by nothing but these messages and the question: the same whatever follows. */
  at(end: number, question = this.questionAt(end)): Promise<readonly MessageScore[]> {
    const key = `${end} ${question}`;
    const known = this.told.get(key) ?? this.tell(end, question);
    this.told.set(key, known);
    return known;
  }

  private async tell(end: number, question: string): Promise<readonly MessageScore[]> {
    const { words, texts } = this.conversation;
    const similarity = await withMeaning(
      wordSimilarity(words, question, end),
      texts.slice(0, end),
      question,
      this.embedder,
    );
    await breath();
    const factors: Factors = {
      ...this.lasting,
      recency: recency(end),
      semanticSimilarity: withNeighbours(similarity, this.lasting.isTalk),
      forwardReference: forwardReference(words, this.request.units, end),
    };
    await breath();
    return Array.from({ length: end }, (_, index) => scoreOf(index, factors, this.weights));
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
  let total = 0;
  for (const name of FACTORS) total += weights[name] * (factors[name][index] ?? 0);
  return {
    index,
    total: Math.min(1, total),
    recency: factors.recency[index] ?? 0,
    semanticSimilarity: factors.semanticSimilarity[index] ?? 0,
    toinImportance: factors.toinImportance[index] ?? 0,
    errorIndicator: factors.errorIndicator[index] ?? 0,
    forwardReference: factors.forwardReference[index] ?? 0,
    tokenDensity: factors.tokenDensity[index] ?? 0,
  };
}
