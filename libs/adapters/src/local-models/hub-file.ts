import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Dispatcher, request } from 'undici';
import type { FileSum } from './model-checksums.js';

/** A file that the hub has begun to send. */
export interface HubFile {
  readonly name: string;
  /** In bytes; undefined when the hub did not say. */
  readonly size: number | undefined;
  /** Of the content, where the hub knows it: the ETag of a file in its large-file storage. */
  readonly sha256: string | undefined;
  /** The commit that the file is of. */
  readonly revision: string | undefined;
  readonly body: Readable;
}

/** An answer of the hub that is no file. */
export class HubRefusal extends Error {
  constructor(
    readonly status: number,
    readonly retryAfterMs?: number,
  ) {
    super(`HTTP ${status}`);
  }
}

const MAX_HOPS = 5;
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Asks for a file. Large files are redirected to a storage; size and SHA-256 stand in the headers of the redirect.
 * @throws HubRefusal, or what the network says.
 */
export async function openHubFile(
  dispatcher: Dispatcher,
  url: string,
  name: string,
  signal: AbortSignal,
): Promise<HubFile> {
  const said = new Map<string, string>();
  let place = url;
  for (let hop = 0; hop <= MAX_HOPS; hop++) {
    const { statusCode, headers, body } = await request(place, { dispatcher, signal });
    for (const [header, value] of Object.entries(headers)) {
      if (typeof value === 'string' && !said.has(header)) said.set(header, value);
    }
    if (statusCode === 200) {
      const size = said.get('x-linked-size') ?? headers['content-length'];
      const etag = said.get('x-linked-etag')?.replace(/^W\//, '').replaceAll('"', '').toLowerCase();
      return {
        name,
        size: typeof size === 'string' && /^\d+$/.test(size) ? Number(size) : undefined,
        sha256: etag !== undefined && SHA256.test(etag) ? etag : undefined,
        revision: said.get('x-repo-commit'),
        body,
      };
    }
    await body.dump();
    const isRedirect = statusCode >= 301 && statusCode <= 308 && typeof headers.location === 'string';
    if (!isRedirect) throw new HubRefusal(statusCode, retryAfterMs(headers['retry-after']));
    place = new URL(headers.location as string, place).href;
  }
  throw new HubRefusal(310);
}

/** Writes a file to disk for good. @throws Error when its bytes are not those that the hub announced. */
export async function saveHubFile(
  file: HubFile,
  path: string,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<FileSum> {
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(
    file.body,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        onBytes(chunk.length);
        yield chunk;
      }
    },
    createWriteStream(path, { flush: true }),
    { signal },
  );
  const sha256 = hash.digest('hex');
  if (file.size !== undefined && size !== file.size) {
    throw new Error(`${file.name} came with ${size} bytes instead of ${file.size}`);
  }
  if (file.sha256 !== undefined && sha256 !== file.sha256) {
    throw new Error(`${file.name} came with other bytes than the hub announced`);
  }
  return { size, sha256 };
}

/** In milliseconds; the header holds seconds or a date. */
export function retryAfterMs(header: string | string[] | undefined | null): number | undefined {
  if (typeof header !== 'string' || header.trim() === '') return undefined;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1_000;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
