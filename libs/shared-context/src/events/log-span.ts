/** From where to where the log of a context reaches, in positions. */
export interface LogSpan {
  /**
   * Before the first event that there ever was: milliseconds since the epoch when it came. A log that was forgotten
   * and begins anew is therefore beyond every position of the old one.
   */
  readonly start: number;
  readonly newest: number;
  /** Events up to here are no longer kept; the start while all are. */
  readonly forgotten: number;
}

/** The position before any event. */
export const BEFORE_ALL = 0;

/** Where a reader goes on, and whether it missed something on the way there. */
export interface ReadFrom {
  readonly after: number;
  readonly missed: boolean;
}

/**
 * A reader that was away for longer than events are kept goes on with the oldest that is there; one that names a
 * position which this log never gave goes on with what comes.
 */
export function readFrom(after: number, span: LogSpan | undefined): ReadFrom {
  if (span === undefined) return { after: BEFORE_ALL, missed: after !== BEFORE_ALL };
  if (after > span.newest) return { after: span.newest, missed: true };
  if (after >= span.forgotten) return { after, missed: false };
  return { after: span.forgotten, missed: after !== BEFORE_ALL || span.forgotten !== span.start };
}
