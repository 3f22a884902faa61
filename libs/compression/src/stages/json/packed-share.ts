import { deflateRawSync } from 'node:zlib';

const SAMPLE_CHARACTERS = 16_384;

/**
 * What zlib at its fastest leaves of a text's middle, as a share: cheap to know, and what a lossless form that stays
 * readable is not expected to come near. Of 33 inputs like those of the peer table the smallest form took half as much
 * again.
 */
export function packedShare(text: string): number {
  const start = Math.max(0, Math.floor((text.length - SAMPLE_CHARACTERS) / 2));
  const sample = Buffer.from(text.slice(start, start + SAMPLE_CHARACTERS));
  return sample.length === 0 ? 1 : deflateRawSync(sample, { level: 1 }).length / sample.length;
}
