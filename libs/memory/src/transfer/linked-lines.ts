const LINES_PER_PAGE = 500;

/** A line of an imported file that belongs to a chain. */
export interface LinkedLine {
  readonly id: string;
  readonly line: number;
  readonly wasStored: boolean;
}

/** Remembers such lines until the end of a file: outside of the heap, at about 60 bytes a line. */
export class LinkedLines {
  readonly #pages: Buffer[] = [];
  #open: LinkedLine[] = [];

  add(line: LinkedLine): void {
    this.#open.push(line);
    if (this.#open.length >= LINES_PER_PAGE) this.#close();
  }

  *pages(): Iterable<readonly LinkedLine[]> {
    if (this.#open.length > 0) this.#close();
    for (const page of this.#pages) {
      const lines = JSON.parse(page.toString('utf8')) as [string, number, boolean][];
      yield lines.map(([id, line, wasStored]) => ({ id, line, wasStored }));
    }
  }

  #close(): void {
    const lines = this.#open.map(({ id, line, wasStored }) => [id, line, wasStored]);
    this.#pages.push(Buffer.from(JSON.stringify(lines), 'utf8'));
    this.#open = [];
  }
}
