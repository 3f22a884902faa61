import { type Turn, Turns } from '#libs/memory';
import type { Database } from '../database.js';
import { sql, trusted } from '../sql.js';
import type { Dialect, Sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';

/** How long a turn outlives the process that died with it. */
const LIFE_MS = 15_000;

/**
 * Turns of the processes on one database: a row that its holder renews while it works. Time is the database's, since
 * the clocks of several machines differ.
 */
export class SqlTurns extends Turns {
  /** @param holder names this process; a name of its own for each, but the same after a restart where it is the only one. */
  constructor(
    private readonly database: Database,
    private readonly holder: string,
    private readonly lifeMs = LIFE_MS,
  ) {
    super();
  }

  override async take(name: string): Promise<Turn | null> {
    return (await this.#claim(name))
      ? new RenewedTurn(
          this.lifeMs,
          () => this.#claim(name),
          () => this.#give(name),
        )
      : null;
  }

  #claim(name: string): Promise<boolean> {
    return this.database.unitOfWork.access(async (unit) => {
      const now = nowOf(unit.dialect);
      const changed = await unit.run(sql`INSERT INTO turns (name, holder, held_until)
        VALUES (${name}, ${this.holder}, ${now} + ${this.lifeMs})
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
          WHERE turns.holder = excluded.holder OR turns.held_until <= ${now}`);
      return changed > 0;
    });
  }

  #give(name: string): Promise<number> {
    return this.database.unitOfWork.access((unit: Unit) =>
      unit.run(sql`DELETE FROM turns WHERE name = ${name} AND holder = ${this.holder}`),
    );
  }
}

class RenewedTurn implements Turn {
  readonly #timer: NodeJS.Timeout;
  #heldUntil: number;

  constructor(
    private readonly lifeMs: number,
    private readonly claim: () => Promise<boolean>,
    private readonly give: () => Promise<unknown>,
  ) {
    this.#heldUntil = performance.now() + lifeMs;
    this.#timer = setInterval(() => void this.#renew(), lifeMs / 3).unref();
  }

  get isHeld(): boolean {
    return performance.now() < this.#heldUntil;
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    // A turn that cannot be given back runs out by itself.
    await this.give().catch(() => undefined);
  }

  async #renew(): Promise<void> {
    const askedAt = performance.now();
    const isMine = await this.claim().catch(() => undefined);
    if (isMine === true) this.#heldUntil = askedAt + this.lifeMs;
    if (isMine === false) this.#heldUntil = 0;
  }
}

function nowOf(dialect: Dialect): Sql {
  return trusted(
    dialect === 'postgres'
      ? 'CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)'
      : `CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
  );
}
