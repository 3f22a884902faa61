import { join } from 'node:path';
import { HeadroomError } from '#libs/kernel';
import type { Embedder } from '#libs/memory';
import { CachedEmbedder } from './cached-embedder.js';
import { OllamaEmbedder } from './ollama/ollama-embedder.js';
import { OpenAiEmbedder } from './openai/openai-embedder.js';
import { LocalEmbedder, type Tell } from './transformers/local-embedder.js';
import { hasModel, hasTransformers } from './transformers/transformers-embedder.js';

export type EmbedderKind = 'auto' | 'none' | 'transformers' | 'openai' | 'ollama';

export interface EmbedderConfig {
  readonly embedder: EmbedderKind;
  /** Default: `all-MiniLM-L6-v2`, `text-embedding-3-small` or `nomic-embed-text`. */
  readonly model?: string | undefined;
  readonly modelDir: string;
  /** The hub that a missing local model is fetched from; undefined: it is never fetched. */
  readonly hubUrl?: string | undefined;
  readonly openAiApiKey?: string | undefined;
  readonly openAiBaseUrl?: string | undefined;
  readonly ollamaBaseUrl?: string | undefined;
}

export interface CreatedEmbedder {
  /** Null: keywords alone answer. */
  readonly embedder: Embedder | null;
  /** One line for the log and `/readyz`: what was chosen and why. */
  readonly reason: string;
}

export const DEFAULT_LOCAL_MODEL = 'all-MiniLM-L6-v2';
const DEFAULT_OPENAI_MODEL = 'text-embedding-3-small';
const DEFAULT_OLLAMA_MODEL = 'nomic-embed-text';

/**
 * Chooses the embedder that the configuration asks for. `auto` takes the local model when it is there or may be
 * fetched, and otherwise none. Nothing is fetched or loaded before `prepare` is called.
 * @throws HeadroomError `configuration_error` when an embedder that was named cannot be had.
 */
export function createEmbedder(config: EmbedderConfig, tell?: Tell): CreatedEmbedder {
  // The local default is no model of a remote service: whoever left it alone gets that service's default.
  const named = config.model === DEFAULT_LOCAL_MODEL ? undefined : config.model;
  switch (config.embedder) {
    case 'none':
      return { embedder: null, reason: 'no embedder: keywords alone answer' };
    case 'auto':
    case 'transformers': {
      const model = config.model ?? DEFAULT_LOCAL_MODEL;
      const lack = lackOf(config, model);
      if (lack === undefined) return created(openLocal(config, model, tell), 'local model');
      if (config.embedder === 'transformers') throw new HeadroomError('configuration_error', lack.remedy);
      return { embedder: null, reason: `${lack.what}: keywords alone answer` };
    }
    case 'openai':
      return created(openOpenAi(config, named ?? DEFAULT_OPENAI_MODEL), 'OpenAI');
    case 'ollama':
      return created(openOllama(config, named ?? DEFAULT_OLLAMA_MODEL), 'Ollama');
  }
}

/**
 * Opens the model that vectors were made with before the configured one: from its local folder where that is still
 * there, otherwise by the same service as now. Null when it can no longer be had.
 */
export function openEarlierModel(config: EmbedderConfig, model: string): Embedder | null {
  if (hasModel(config.modelDir, model)) {
    return hasTransformers() ? new CachedEmbedder(openLocal({ ...config, hubUrl: undefined }, model)) : null;
  }
  if (config.embedder === 'openai') return new CachedEmbedder(openOpenAi(config, model));
  if (config.embedder === 'ollama') return new CachedEmbedder(openOllama(config, model));
  return null;
}

function openLocal({ modelDir, hubUrl }: EmbedderConfig, model: string, tell?: Tell): Embedder {
  return new LocalEmbedder({ directory: modelDir, model, hubUrl, tell });
}

function openOpenAi({ openAiApiKey, openAiBaseUrl }: EmbedderConfig, model: string): Embedder {
  if (openAiApiKey === undefined || openAiApiKey === '') {
    throw new HeadroomError('configuration_error', 'HEADROOM_EMBEDDER=openai needs OPENAI_API_KEY.');
  }
  return new OpenAiEmbedder({ model, apiKey: openAiApiKey, baseUrl: openAiBaseUrl });
}

function openOllama({ ollamaBaseUrl }: EmbedderConfig, model: string): Embedder {
  return new OllamaEmbedder({ model, baseUrl: ollamaBaseUrl });
}

/** What a local model lacks and how to come by it; undefined when it is there or may be fetched. */
function lackOf(
  { modelDir, hubUrl }: EmbedderConfig,
  model: string,
): { readonly what: string; readonly remedy: string } | undefined {
  if (!hasModel(modelDir, model) && hubUrl === undefined) {
    return {
      what: `no local model ${model}`,
      remedy: `There is no embedding model at ${join(modelDir, model)}; put its folder there (config.json, tokenizer.json, onnx/), let it be fetched with HEADROOM_MODEL_DOWNLOAD=on, or set HEADROOM_EMBEDDER=none.`,
    };
  }
  if (!hasTransformers()) {
    return {
      what: '@huggingface/transformers is not installed',
      remedy:
        'The optional package @huggingface/transformers is not installed; run `npm install @huggingface/transformers`, or set HEADROOM_EMBEDDER=none.',
    };
  }
  return undefined;
}

function created(embedder: Embedder, by: string): CreatedEmbedder {
  return { embedder: new CachedEmbedder(embedder), reason: `${by}: ${embedder.model}` };
}
