import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPostgresDatabase } from '../../support/postgres.js';

export type StoreName = 'SQLite' | 'PostgreSQL';

/** How far a store was filled, and how many sentences were taken for it: those after them are new to it. */
export interface Kept {
  readonly memories: number;
  readonly sentences: number;
}

/** A store under the benchmark and what makes our server use it. */
export interface BenchStore {
  readonly environment: Readonly<Record<string, string>>;
  /** What an earlier run left in it. */
  readonly kept: Kept;
  /** Notes how far it was filled, where it is kept. */
  readonly note: (kept: Kept) => void;
  /** Removes what is not kept. */
  readonly release: () => Promise<void>;
}

const NOTHING: Kept = { memories: 0, sentences: 0 };

/**
 * A store for one part of the benchmark: fresh and gone afterwards; or, where `BENCH_KEEP` names a folder, kept there
 * (a database on PostgreSQL, its name there), so that the next run measures it again without filling it.
 */
export async function openBenchStore(store: StoreName, part: string): Promise<BenchStore> {
  const folder = process.env.BENCH_KEEP ?? '';
  if (folder === '') return freshStore(store);
  const dataDir = join(folder, `${store}-${part}`.toLowerCase());
  const noteFile = join(dataDir, 'bench.json');
  if (existsSync(noteFile)) {
    const { kept, environment } = JSON.parse(readFileSync(noteFile, 'utf8')) as NoteFile;
    return {
      environment,
      kept,
      note: (next) => {
        writeNote(noteFile, environment, next);
      },
      release: nothing,
    };
  }
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  const postgres = store === 'PostgreSQL' ? await createPostgresDatabase() : undefined;
  const environment = {
    HEADROOM_DATA_DIR: dataDir,
    ...(postgres !== undefined && { HEADROOM_STORE_URL: postgres.url }),
  };
  return {
    environment,
    kept: NOTHING,
    note: (kept) => {
      writeNote(noteFile, environment, kept);
    },
    release: nothing,
  };
}

interface NoteFile {
  readonly environment: Readonly<Record<string, string>>;
  readonly kept: Kept;
}

function writeNote(file: string, environment: NoteFile['environment'], kept: Kept): void {
  writeFileSync(file, JSON.stringify({ environment, kept } satisfies NoteFile));
}

async function freshStore(store: StoreName): Promise<BenchStore> {
  const base = { kept: NOTHING, note: () => undefined };
  if (store === 'SQLite') return { ...base, environment: {}, release: nothing };
  const postgres = await createPostgresDatabase();
  return { ...base, environment: { HEADROOM_STORE_URL: postgres.url }, release: postgres.drop };
}

async function nothing(): Promise<void> {}
