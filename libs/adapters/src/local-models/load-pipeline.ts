import type { PipelineType } from '@huggingface/transformers';
import type { LocalModel } from './local-model.js';

type Pipeline = (text: string, options?: Readonly<Record<string, unknown>>) => Promise<unknown>;

const loading = new Map<string, Promise<Pipeline>>();

/** The pipeline of a model, loaded once and never from the network. A load that failed is tried again. */
export function loadPipeline(task: PipelineType, place: LocalModel): Promise<Pipeline> {
  const key = JSON.stringify([task, place.directory, place.model]);
  let known = loading.get(key);
  if (known === undefined) {
    known = load(task, place);
    loading.set(key, known);
    known.catch(() => loading.delete(key));
  }
  return known;
}

async function load(task: PipelineType, { directory, model }: LocalModel): Promise<Pipeline> {
  const { env, pipeline } = await import('@huggingface/transformers');
  env.localModelPath = directory;
  env.allowLocalModels = true;
  env.allowRemoteModels = false;
  return (await pipeline(task, model, { dtype: 'q8' })) as unknown as Pipeline;
}
