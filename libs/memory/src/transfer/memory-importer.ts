import { HeadroomError, requireUser, type Caller, type Clock, type Pause } from '#libs/kernel';
import type { BackgroundEmbedding } from '../embedding/background-embedding.js';
import type { MemoryStore, NewMemory } from '../ports/memory-store.js';
import { newMemory } from '../write/memory-writer.js';
import { ImportTally, type ImportSummary } from './import-tally.js';
import { completeImported, type ImportedMemory } from './imported-memory.js';
import type { ImportVerdict } from './judge-import.js';
import { LinkedLines } from './linked-lines.js';

/** Stored together: others wait for no more than this takes, some ten milliseconds in an embedded store. */
const BATCH_SIZE = 64;
const BATCHES_PER_REPORT = 160;
/** A memory that was seen so often weighs as much as one memory more. */
const SIGHTINGS_PER_WEIGHT = 50;

/** One line of a file: what it says, or what is wrong with it. Lines count from 1. */
export type ImportRecord = { readonly line: number } & (
  { readonly memory: ImportedMemory } | { readonly fault: string }
);

/** Hears how far an import has come. */
export type ImportReport = (summary: ImportSummary) => void;

interface SoundLine {
  readonly line: number;
  readonly stored: NewMemory;
}

const FAULTS: Readonly<Record<Exclude<ImportVerdict, 'imported' | 'skipped'>, (line: SoundLine) => string>> =
  {
    taken: ({ stored }) => `id: ${stored.memory.id} stands for another memory already`,
    erased: ({ stored }) => `id: ${stored.memory.id} was erased here, and what was erased stays so`,
    forked: ({ stored }) =>
      `supersedes: ${stored.memory.supersedes ?? ''} has another successor; a chain never forks`,
  };

/**
 * Takes memories in as they are told, ids, links and times included. Nothing is held but a batch, so that a file may be
 * of any length; sent again after a break, it goes on where it stood, since what is there is skipped.
 */
export class MemoryImporter {
  constructor(
    private readonly store: MemoryStore,
    private readonly background: BackgroundEmbedding,
    private readonly clock: Clock,
    private readonly pause: Pause,
    private readonly report: ImportReport = () => undefined,
  ) {}

  /** Each line answers for itself; a chain comes whole or without what links to nothing. */
  async importAll(caller: Caller, records: AsyncIterable<ImportRecord>): Promise<ImportSummary> {
    const run = new ImportRun(this.store, this.pause, caller);
    let batch: SoundLine[] = [];
    let weight = 0;
    let batches = 0;
    const flush = async (): Promise<void> => {
      const full = batch;
      batch = [];
      weight = 0;
      await run.storeBatch(full);
      if (++batches % BATCHES_PER_REPORT === 0) this.report(run.tally.summary());
    };
    try {
      for await (const record of records) {
        const sound = this.#check(caller, record, run.tally);
        if (sound === undefined) continue;
        batch.push(sound);
        weight += weightOf(sound);
        if (weight >= BATCH_SIZE) await flush();
      }
      if (batch.length > 0) await flush();
    } finally {
      // Also when the file breaks off: what came must hold together without the rest.
      await run.settle();
      await this.store.persistImported();
      this.background.nudge();
    }
    const summary = run.tally.summary();
    this.report(summary);
    return summary;
  }

  #check(caller: Caller, record: ImportRecord, tally: ImportTally): SoundLine | undefined {
    const { line } = record;
    if ('fault' in record) {
      tally.fail(line, record.fault);
      return undefined;
    }
    try {
      requireUser(caller, record.memory.scope.userId);
      const memory = completeImported(record.memory, this.clock.now());
      return { line, stored: newMemory(memory) };
    } catch (error) {
      if (!(error instanceof HeadroomError)) throw error;
      tally.fail(line, error.message);
      return undefined;
    }
  }
}

/** One file on its way into the store. */
class ImportRun {
  readonly tally = new ImportTally();
  readonly #linked = new Map<string, LinkedLines>();

  constructor(
    private readonly store: MemoryStore,
    private readonly pause: Pause,
    private readonly caller: Caller,
  ) {}

  /** Of each user apart: writers of one user's memories take turns. */
  async storeBatch(batch: readonly SoundLine[]): Promise<void> {
    for (const lines of byUser(batch).values()) {
      const verdicts = await this.store.importMany(
        this.caller,
        lines.map(({ stored }) => stored),
      );
      lines.forEach((line, i) => {
        this.#count(line, verdicts[i] ?? 'taken');
      });
      await this.pause.wait(0);
    }
  }

  async settle(): Promise<void> {
    for (const [userId, linked] of this.#linked) {
      for (const lines of linked.pages()) {
        const lineOf = new Map(lines.map((line) => [line.id, line]));
        const broken = await this.store.settleImport(this.caller, userId, [...lineOf.keys()]);
        for (const { id, fault } of broken) {
          const known = lineOf.get(id);
          if (known === undefined) continue;
          this.tally.takeBack(known.wasStored ? 'imported' : 'skipped', known.line, fault);
        }
        await this.pause.wait(0);
      }
    }
  }

  #count(line: SoundLine, verdict: ImportVerdict): void {
    if (verdict !== 'imported' && verdict !== 'skipped') {
      this.tally.fail(line.line, FAULTS[verdict](line));
      return;
    }
    this.tally.count(verdict);
    const { id, scope, supersedes, supersededBy } = line.stored.memory;
    if (supersedes === undefined && supersededBy === undefined) return;
    const linked = this.#linked.get(scope.userId) ?? new LinkedLines();
    this.#linked.set(scope.userId, linked);
    linked.add({ id, line: line.line, wasStored: verdict === 'imported' });
  }
}

function byUser(batch: readonly SoundLine[]): ReadonlyMap<string, readonly SoundLine[]> {
  const users = new Map<string, SoundLine[]>();
  for (const line of batch) {
    const { userId } = line.stored.memory.scope;
    const lines = users.get(userId);
    if (lines === undefined) users.set(userId, [line]);
    else lines.push(line);
  }
  return users;
}

/** Of all that a memory holds, what it was seen in alone has no limit. */
function weightOf({ stored }: SoundLine): number {
  return 1 + stored.memory.alsoSeen.length / SIGHTINGS_PER_WEIGHT;
}
