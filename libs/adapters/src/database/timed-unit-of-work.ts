import { type Tenancy, type Unit, UnitOfWork, type UnitOptions } from './unit-of-work.js';

/** Told how long each unit took, in seconds: the wait for its turn or connection included, failures too. */
export type UnitObserver = (operation: 'read' | 'write' | 'access', seconds: number) => void;

/** Units of another, each with its time told. */
export class TimedUnitOfWork extends UnitOfWork {
  constructor(
    private readonly units: UnitOfWork,
    private readonly observe: UnitObserver,
  ) {
    super();
  }

  override run<T>(tenancy: Tenancy, work: (unit: Unit) => Promise<T>, options?: UnitOptions): Promise<T> {
    return this.#time('write', () => this.units.run(tenancy, work, options));
  }

  override read<T>(tenancy: Tenancy, work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.#time('read', () => this.units.read(tenancy, work));
  }

  override access<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.#time('access', () => this.units.access(work));
  }

  override readAccess<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.#time('access', () => this.units.readAccess(work));
  }

  override tenants(): Promise<readonly string[]> {
    return this.#time('access', () => this.units.tenants());
  }

  async #time<T>(operation: Parameters<UnitObserver>[0], work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.observe(operation, (performance.now() - startedAt) / 1000);
    }
  }
}

/** The units themselves where nobody wants to know. */
export function timed(units: UnitOfWork, observe: UnitObserver | undefined): UnitOfWork {
  return observe === undefined ? units : new TimedUnitOfWork(units, observe);
}
