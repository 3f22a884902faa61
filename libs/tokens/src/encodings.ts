/** What is needed of an encoding: counting, and forgetting what it remembers of earlier texts. */
export interface Encoding {
  countTokens(text: string, options: { readonly disallowedSpecial: Set<string> }): number;
  clearMergeCache(): void;
}

export const ENCODING_NAMES = ['o200k_base', 'cl100k_base'] as const;
export type EncodingName = (typeof ENCODING_NAMES)[number];

/** Loads an encoding's ranks: about 200 ms and 50 MB, hence on first use and never at start. */
export async function loadEncoding(name: EncodingName): Promise<Encoding> {
  const module =
    name === 'o200k_base'
      ? await import('gpt-tokenizer/encoding/o200k_base')
      : await import('gpt-tokenizer/encoding/cl100k_base');
  return module;
}
