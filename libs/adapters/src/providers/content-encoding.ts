import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, constants } from 'node:zlib';
import type { ProviderResponse } from '#libs/chat';

/** Bytes are given on as soon as they can be: an event must not wait for the next one. */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  'x-gzip': () => createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  deflate: () => createInflate({ flush: constants.Z_SYNC_FLUSH }),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
};

/** The answer in plain bytes, for providers that encode although plain bytes were asked for. */
export function decoded(response: ProviderResponse): Pick<ProviderResponse, 'headers' | 'body'> {
  const { 'content-encoding': encoding, ...headers } = response.headers;
  const decoder = typeof encoding === 'string' ? DECODERS[encoding.trim().toLowerCase()] : undefined;
  if (decoder === undefined) return response;
  return { headers: headers, body: decode(response.body, decoder()) };
}

function decode(body: AsyncIterable<Uint8Array>, decoder: Transform): AsyncIterable<Uint8Array> {
  // A failure of either side surfaces where the decoder is read.
  pipeline(Readable.from(body, { objectMode: false }), decoder, () => undefined);
  return decoder as AsyncIterable<Uint8Array>;
}
