import { HeadroomError } from '#libs/kernel';
import type { Embedder } from '#libs/memory';
import { CachedEmbedder } from './cached-embedder.js';
import { OllamaEmbedder } from './ollama/ollama-embedder.js';
import { OpenAiEmbedder } from './openai/openai-embedder.js';
import { hasModel, hasTransformers, TransformersEmbedder } from './transformers/transformers-embedder.js';

export type EmbedderKind = 'auto' | 'none' | 'transformers' | 'openai' | 'ollama';

export interface EmbedderConfig {
  readonly embedder: EmbedderKind;
  /** Default: `all-MiniLM-L6-v2`, `text-embedding-3-small` or `nomic-embed-text`. */
  readonly model?: string | undefined;
  readonly modelDir: string;
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
 * Chooses the embedder that the configuration asks for. `auto` takes the local model when its folder and the
 * optional package are there, and otherwise none; nothing is downloaded and nothing is loaded yet.
 * @throws HeadroomError `configuration_error` when an embedder that was named cannot be had.
 */
export function createEmbedder(config: EmbedderConfig): CreatedEmbedder {
  const { modelDir, openAiApiKey, openAiBaseUrl: baseUrl } = config;
  const localModel = config.model ?? DEFAULT_LOCAL_MODEL;
  // The local default is no model of a remote service: whoever left it alone gets that service's default.
  const named = config.model === DEFAULT_LOCAL_MODEL ? undefined : config.model;
  switch (config.embedder) {
    case 'none':
      return { embedder: null, reason: 'no embedder: keywords alone answer' };
    case 'auto':
      if (!hasModel(modelDir, localModel)) {
        return { embedder: null, reason: `no local model ${localModel}: keywords alone answer` };
      }
      if (!hasTransformers()) {
        return {
          embedder: null,
          reason: '@huggingface/transformers is not installed: keywords alone answer',
        };
      }
      return created(new TransformersEmbedder({ model: localModel, modelDir }), 'local model');
    case 'transformers':
      return created(new TransformersEmbedder({ model: localModel, modelDir }), 'local model');
    case 'openai': {
      if (openAiApiKey === undefined || openAiApiKey === '') {
        throw new HeadroomError('configuration_error', 'HEADROOM_EMBEDDER=openai needs OPENAI_API_KEY.');
      }
      const model = named ?? DEFAULT_OPENAI_MODEL;
      return created(new OpenAiEmbedder({ model, apiKey: openAiApiKey, baseUrl }), 'OpenAI');
    }
    case 'ollama': {
      const model = named ?? DEFAULT_OLLAMA_MODEL;
      return created(new OllamaEmbedder({ model, baseUrl: config.ollamaBaseUrl }), 'Ollama');
    }
  }
}

function created(embedder: Embedder, by: string): CreatedEmbedder {
  return { embedder: new CachedEmbedder(embedder), reason: `${by}: ${embedder.model}` };
}
