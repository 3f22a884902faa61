/** More faults than these are counted, not listed: an answer must not grow with what is wrong in a file. */
const MAX_LISTED = 100;

export interface ImportFault {
  readonly line: number;
  readonly detail: string;
}

/** What became of the lines of a file: each is counted once. */
export interface ImportSummary {
  readonly imported: number;
  /** They were there already. */
  readonly skipped: number;
  readonly failed: number;
  /** The first hundred, by line. */
  readonly errors: readonly ImportFault[];
}

/** Counts while an import runs. */
export class ImportTally {
  #imported = 0;
  #skipped = 0;
  #failed = 0;
  readonly #errors: ImportFault[] = [];

  count(verdict: 'imported' | 'skipped'): void {
    if (verdict === 'imported') this.#imported++;
    else this.#skipped++;
  }

  fail(line: number, detail: string): void {
    this.#failed++;
    if (this.#errors.length < MAX_LISTED) this.#errors.push({ line, detail });
  }

  /** A line that counted as imported or skipped has turned out to be faulty. */
  takeBack(verdict: 'imported' | 'skipped', line: number, detail: string): void {
    if (verdict === 'imported') this.#imported--;
    else this.#skipped--;
    this.fail(line, detail);
  }

  summary(): ImportSummary {
    const errors = this.#errors.toSorted((a, b) => a.line - b.line);
    return { imported: this.#imported, skipped: this.#skipped, failed: this.#failed, errors };
  }
}
