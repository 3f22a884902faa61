import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HeadroomError } from '#libs/kernel';

/** A model's folder below a directory, laid out as `@huggingface/transformers` loads it. */
export interface LocalModel {
  readonly directory: string;
  readonly model: string;
}

/** @throws HeadroomError `configuration_error` when the model's folder is not there. */
export function localModel(directory: string, model: string): LocalModel {
  if (existsSync(join(directory, model, 'config.json'))) return { directory, model };
  throw new HeadroomError(
    'configuration_error',
    `There is no model at ${join(directory, model)}; put its folder there (config.json, tokenizer.json, onnx/).`,
  );
}
