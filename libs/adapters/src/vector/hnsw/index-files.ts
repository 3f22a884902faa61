import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { IndexFiles, IndexPlace } from './worker-messages.js';

interface Manifest extends IndexPlace {
  readonly graph: string;
  readonly graphHash: string;
  readonly seqs: string;
  readonly seqsHash: string;
}

/** An index as it was saved: the file of its graph, and the memory of each label. */
export interface SavedIndex {
  readonly place: IndexPlace;
  readonly graphFile: string;
  /** By label; 0 where the vector was dropped. */
  readonly seqs: number[];
}

/**
 * Saves under new names; the manifest that is then renamed into place makes them the index. Whatever interrupts it, the
 * index before stays whole.
 */
export function saveIndex(
  { folder, name }: IndexFiles,
  place: IndexPlace,
  seqs: readonly number[],
  writeGraph: (file: string) => void,
): void {
  mkdirSync(folder, { recursive: true });
  const generation = `${name}.${randomUUID()}`;
  const graph = `${generation}.graph`;
  const seqsFile = `${generation}.seqs`;
  writeGraph(join(folder, graph));
  writeFileSync(join(folder, seqsFile), Buffer.from(Float64Array.from(seqs).buffer), { flush: true });
  flush(join(folder, graph));
  const manifest: Manifest = {
    ...place,
    graph,
    graphHash: hashOf(join(folder, graph)),
    seqs: seqsFile,
    seqsHash: hashOf(join(folder, seqsFile)),
  };
  const draft = join(folder, `${generation}.json.new`);
  writeFileSync(draft, JSON.stringify(manifest), { flush: true });
  renameSync(draft, join(folder, `${name}.json`));
  removeLeftovers(folder, name, [graph, seqsFile]);
}

/** Undefined where none was saved for the epoch, or where it is not as it was saved; then it is removed. */
export function findIndex({ folder, name }: IndexFiles, wanted: string): SavedIndex | undefined {
  try {
    const { graph, graphHash, seqs, seqsHash, epoch, revision } = readManifest({ folder, name });
    if (epoch !== wanted) throw new Error('of vectors that are no more');
    const graphFile = join(folder, graph);
    if (hashOf(graphFile) !== graphHash || hashOf(join(folder, seqs)) !== seqsHash)
      throw new Error('damaged');
    const bytes = readFileSync(join(folder, seqs));
    const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    removeLeftovers(folder, name, [graph, seqs]);
    return { place: { epoch, revision }, graphFile, seqs: [...numbers] };
  } catch {
    removeIndexes(folder, `${name}.`);
    return undefined;
  }
}

/** How far a saved index reaches, without reading it; undefined where none is saved. */
export function savedPlace(files: IndexFiles): IndexPlace | undefined {
  try {
    const { epoch, revision } = readManifest(files);
    return { epoch, revision };
  } catch {
    return undefined;
  }
}

function readManifest({ folder, name }: IndexFiles): Manifest {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Manifest;
}

/** The names of all indexes in a folder, and of what is left of any. */
export function indexNames(folder: string): ReadonlySet<string> {
  return new Set(filesOf(folder, '').map((file) => file.split('.', 1)[0] ?? file));
}

/** Removes every file of the indexes whose names begin so. */
export function removeIndexes(folder: string, prefix: string): void {
  for (const file of filesOf(folder, prefix)) rmSync(join(folder, file), { force: true });
}

function removeLeftovers(folder: string, name: string, kept: readonly string[]): void {
  const all = filesOf(folder, `${name}.`).filter((file) => file !== `${name}.json` && !kept.includes(file));
  for (const file of all) rmSync(join(folder, file), { force: true });
}

function filesOf(folder: string, prefix: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.startsWith(prefix));
  } catch {
    // There is no folder before the first index.
    return [];
  }
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Has the system write the file to the disk before the manifest names it. */
function flush(file: string): void {
  const descriptor = openSync(file, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
