import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Large enough that it needs a block of its own on any file system. */
const PROBE = Buffer.alloc(4096, 1);

/** Writes and removes a small file. @throws where the folder cannot be written, as on a full or read-only disk. */
export async function probeFolder(folder: string): Promise<void> {
  const file = join(folder, `.probe-${process.pid}`);
  try {
    await writeFile(file, PROBE, { flush: true });
  } finally {
    await rm(file, { force: true });
  }
}
