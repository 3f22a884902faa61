import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** Stands beside the files of a model that was downloaded; a folder that somebody put there has none. */
export const CHECKSUMS_FILE = 'checksums.json';

const FILE_SUM = z.object({ size: z.number().int().nonnegative(), sha256: z.string().length(64) });
const CHECKSUMS = z.object({
  source: z.string(),
  revision: z.string().optional(),
  files: z.record(z.string(), FILE_SUM),
});

export type FileSum = z.infer<typeof FILE_SUM>;
/** Where a model came from, and size and SHA-256 of each of its files by its path in the folder. */
export type ModelChecksums = z.infer<typeof CHECKSUMS>;

export async function writeChecksums(folder: string, checksums: ModelChecksums): Promise<void> {
  await writeFile(join(folder, CHECKSUMS_FILE), `${JSON.stringify(checksums, null, 2)}\n`, { flush: true });
}

/** Compares a downloaded model with what was recorded. @throws Error that names the first file that differs. */
export async function verifyChecksums(folder: string): Promise<void> {
  const text = await readFile(join(folder, CHECKSUMS_FILE), 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (text === undefined) return;
  for (const [name, expected] of Object.entries(parse(text).files)) {
    const path = join(folder, name);
    const size = await stat(path).then(
      (found) => found.size,
      () => undefined,
    );
    if (size === undefined) throw new Error(`${name} is missing`);
    if (size !== expected.size) throw new Error(`${name} has ${size} bytes instead of ${expected.size}`);
    if ((await sha256Of(path)) !== expected.sha256) throw new Error(`${name} is not what was downloaded`);
  }
}

function parse(text: string): ModelChecksums {
  try {
    return CHECKSUMS.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${CHECKSUMS_FILE} cannot be read`, { cause: error });
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
