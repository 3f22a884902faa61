/** Where the worker finds its model: `<directory>/<model>/{config.json,tokenizer.json,onnx/…}`. */
export type { LocalModel as ModelPlace } from '../../local-models/local-model.js';

export interface EmbedJob {
  readonly id: number;
  readonly texts: readonly string[];
  readonly isBackground: boolean;
}

/** Nobody waits for this job any more. */
export interface Cancellation {
  readonly cancelled: number;
}

export type WorkerRequest = EmbedJob | Cancellation;

export type EmbedAnswer =
  | { readonly id: number; readonly vectors: readonly Float32Array[] }
  | { readonly id: number; readonly error: string };

/** The model is loaded, or cannot be: then the worker ends. */
export type LoadOutcome = { readonly ready: true } | { readonly damaged: string };

export type WorkerMessage = EmbedAnswer | LoadOutcome;
