import { deflateRawSync } from 'node:zlib';

const SAMPLE_CHARACTERS = 16_384;

/**
 * What zlib at its fastest leaves of a text's middle, as a share: a bound that no form which stays readable comes
 * near, cheap to know. Over a hundred of real and made-up documents none came below one and a half times as much.
 */
export function packedShare(text: string): number {
  const start = Math.max(0, Math.floor((text.length - SAMPLE_CHARACTERS) / 2));
  const sample = Buffer.from(text.slice(start, start + SAMPLE_CHARACTERS));
  return sample.length === 0 ? 1 : deflateRawSync(sample, { level: 1 }).length / sample.length;
}
