import type { PreTrainedModel, PreTrainedTokenizer } from '@huggingface/transformers';
import { TokenClassifier } from '#libs/compression';
import type { LocalModel } from '../local-models/local-model.js';

/** Models of BERT's kind read 512 tokens at once, two of which frame the text. */
const WINDOW_TOKENS = 510;
/** The label for words to keep, as LLMLingua-2's models have it. */
const KEEP_LABEL = 1;

interface Loaded {
  readonly tokenizer: PreTrainedTokenizer;
  readonly model: PreTrainedModel;
  readonly tensorOf: (ids: readonly number[]) => unknown;
}

/**
 * A token-classification model with the labels drop and keep, such as `llmlingua-2-bert-base-multilingual`, loaded with
 * the first text and never from the network. A word's chance is the mean over its tokens.
 */
export class TransformersTokenClassifier extends TokenClassifier {
  #loading: Promise<Loaded> | undefined;

  constructor(private readonly place: LocalModel) {
    super();
  }

  override async keepProbabilities(words: readonly string[]): Promise<Float32Array> {
    const loaded = await this.#load();
    const chances = new Float32Array(words.length).fill(1);
    let ids: number[] = [];
    let owners: number[] = [];
    for (const [at, word] of words.entries()) {
      const tokens = loaded.tokenizer.encode(word, { add_special_tokens: false }).slice(0, WINDOW_TOKENS);
      if (ids.length + tokens.length > WINDOW_TOKENS) {
        await classify(loaded, ids, owners, chances);
        ids = [];
        owners = [];
      }
      ids.push(...tokens);
      owners.push(...tokens.map(() => at));
    }
    await classify(loaded, ids, owners, chances);
    return chances;
  }

  #load(): Promise<Loaded> {
    this.#loading ??= load(this.place).catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }
}

async function load({ directory, model: name }: LocalModel): Promise<Loaded> {
  const { AutoModelForTokenClassification, AutoTokenizer, Tensor, env } =
    await import('@huggingface/transformers');
  env.localModelPath = directory;
  env.allowLocalModels = true;
  env.allowRemoteModels = false;
  const [tokenizer, model] = await Promise.all([
    AutoTokenizer.from_pretrained(name),
    AutoModelForTokenClassification.from_pretrained(name, { dtype: 'q8' }),
  ]);
  const tensorOf = (ids: readonly number[]): unknown =>
    new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
  return { tokenizer, model, tensorOf };
}

async function classify(
  { tokenizer, model, tensorOf }: Loaded,
  ids: readonly number[],
  owners: readonly number[],
  chances: Float32Array,
): Promise<void> {
  if (ids.length === 0) return;
  // What the tokenizer puts around an empty text frames this one.
  const frame = tokenizer.encode('');
  const opening = frame.slice(0, Math.ceil(frame.length / 2));
  const framed = [...opening, ...ids, ...frame.slice(opening.length)];
  const { logits } = (await model({
    input_ids: tensorOf(framed),
    attention_mask: tensorOf(framed.map(() => 1)),
    token_type_ids: tensorOf(framed.map(() => 0)),
  })) as { logits: { data: ArrayLike<number>; dims: readonly number[] } };
  const labels = logits.dims.at(-1) ?? 1;
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [at, owner] of owners.entries()) {
    const from = (at + opening.length) * labels;
    const scores = Array.from({ length: labels }, (_, label) => Math.exp(logits.data[from + label] ?? 0));
    const chance = (scores[KEEP_LABEL] ?? 0) / scores.reduce((sum, score) => sum + score, 0);
    const known = sums.get(owner) ?? { sum: 0, count: 0 };
    sums.set(owner, { sum: known.sum + chance, count: known.count + 1 });
  }
  for (const [owner, { sum, count }] of sums) chances[owner] = sum / count;
}
