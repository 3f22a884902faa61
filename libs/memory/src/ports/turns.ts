/** Work that is this process's alone until it ends it or dies. */
export interface Turn {
  /** False once another process may have taken over, as after a long standstill. */
  readonly isHeld: boolean;
  end(): Promise<void>;
}

/** Lets one process at a time do a piece of work on what several of them store in common. */
export abstract class Turns {
  /** @returns null while another process has the turn. A turn whose process died is free soon after. */
  abstract take(name: string): Promise<Turn | null>;
}

/** A store of its own needs no turns. */
export class OneProcess extends Turns {
  override take(): Promise<Turn> {
    return Promise.resolve({ isHeld: true, end: () => Promise.resolve() });
  }
}
