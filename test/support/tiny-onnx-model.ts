import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';

/** A real ONNX classifier that knows a few words: what each of them says for each label. */
export interface TinyModel {
  readonly task: 'text-classification' | 'token-classification';
  readonly labels: readonly string[];
  /** Lower-case word → one score (logit) per label; other words say nothing. */
  readonly words: Readonly<Record<string, readonly number[]>>;
}

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const CLS = SPECIAL.indexOf('[CLS]');
const SEP = SPECIAL.indexOf('[SEP]');

/** Writes the folder that `@huggingface/transformers` loads: config, WordPiece tokenizer and model. */
export function writeTinyModel(folder: string, model: TinyModel): void {
  const vocabulary = [...SPECIAL, ...Object.keys(model.words)];
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  const write = (name: string, value: unknown) => {
    writeFileSync(join(folder, name), JSON.stringify(value));
  };
  write('config.json', {
    model_type: 'bert',
    architectures: [
      model.task === 'text-classification' ? 'BertForSequenceClassification' : 'BertForTokenClassification',
    ],
    id2label: Object.fromEntries(model.labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(model.labels.map((label, id) => [label, id])),
    vocab_size: vocabulary.length,
    max_position_embeddings: 512,
    pad_token_id: 0,
  });
  write('tokenizer_config.json', {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: true,
    model_max_length: 512,
  });
  write('tokenizer.json', tokenizer(vocabulary));
  const bytes = onnx.ModelProto.encode(graphOf(model, vocabulary)).finish();
  for (const name of ['model.onnx', 'model_quantized.onnx']) writeFileSync(join(folder, 'onnx', name), bytes);
}

function tokenizer(vocabulary: readonly string[]): unknown {
  const token = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const text = { Sequence: { id: 'A', type_id: 0 } };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({ id, content, special: true })),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [token('[CLS]'), text, token('[SEP]')],
      pair: [token('[CLS]'), text, token('[SEP]')],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [CLS], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [SEP], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
    },
  };
}

/** A table looked up by token, and for whole texts the sum over their tokens. */
function graphOf({ task, labels, words }: TinyModel, vocabulary: readonly string[]): onnx.IModelProto {
  const rows = vocabulary.flatMap((word) => labels.map((_, label) => words[word]?.[label] ?? 0));
  const { INT64, FLOAT } = onnx.TensorProto.DataType;
  const isWhole = task === 'text-classification';
  const looked = { opType: 'Gather', input: ['table', 'input_ids'], output: [isWhole ? 'scores' : 'logits'] };
  const axes = { name: 'axes', type: onnx.AttributeProto.AttributeType.INTS, ints: [1] };
  const kept = { name: 'keepdims', type: onnx.AttributeProto.AttributeType.INT, i: 0 };
  const summed = { opType: 'ReduceSum', input: ['scores'], output: ['logits'], attribute: [axes, kept] };
  return onnx.ModelProto.create({
    irVersion: 7,
    opsetImport: [{ domain: '', version: 11 }],
    graph: {
      name: 'tiny',
      node: isWhole ? [looked, summed] : [looked],
      initializer: [
        { name: 'table', dims: [vocabulary.length, labels.length], dataType: FLOAT, floatData: rows },
      ],
      input: ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => ({
        name,
        type: shaped(INT64, ['batch', 'length']),
      })),
      output: [
        {
          name: 'logits',
          type: shaped(FLOAT, isWhole ? ['batch', labels.length] : ['batch', 'length', labels.length]),
        },
      ],
    },
  });
}

function shaped(elemType: number, dims: readonly (string | number)[]): onnx.ITypeProto {
  const dim = dims.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
  return { tensorType: { elemType, shape: { dim } } };
}
