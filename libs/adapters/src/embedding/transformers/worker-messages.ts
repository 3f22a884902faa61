/** Where the worker finds its model: `<directory>/<model>/{config.json,tokenizer.json,onnx/…}`. */
export interface ModelPlace {
  readonly directory: string;
  readonly model: string;
  readonly allowDownload: boolean;
}

export interface EmbedJob {
  readonly id: number;
  readonly texts: readonly string[];
}

export type EmbedAnswer =
  | { readonly id: number; readonly vectors: readonly Float32Array[] }
  | { readonly id: number; readonly error: string };

export type WorkerMessage = EmbedAnswer | { readonly ready: true };
