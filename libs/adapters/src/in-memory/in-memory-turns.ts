import { type Turn, Turns } from '#libs/memory';

/** Turns within one process. Those who share `held` take turns with each other. */
export class InMemoryTurns extends Turns {
  constructor(private readonly held = new Map<string, InMemoryTurns>()) {
    super();
  }

  override take(name: string): Promise<Turn | null> {
    const holder = this.held.get(name);
    if (holder !== undefined && holder !== this) return Promise.resolve(null);
    this.held.set(name, this);
    return Promise.resolve({
      isHeld: true,
      end: () => {
        this.held.delete(name);
        return Promise.resolve();
      },
    });
  }
}
