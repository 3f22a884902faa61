/** What happens in a shared context, as its readers are told. */
export const CONTEXT_EVENT_TYPES = [
  'entry.put',
  'entry.deleted',
  'entry.expired',
  'entry.evicted',
  'handoff.created',
  'handoff.accepted',
] as const;

export type ContextEventType = (typeof CONTEXT_EVENT_TYPES)[number];

/** A change of a shared context, before the log gives it its place. */
export interface ContextChange {
  readonly type: ContextEventType;
  /** Of an entry. */
  readonly key?: string | undefined;
  readonly version?: number | undefined;
  /** Of a handoff. */
  readonly handoffId?: string | undefined;
  readonly agent?: string | undefined;
  /** Whose the changed thing is: who may not see that does not hear of it either. Nobody's is everybody's. */
  readonly userId?: string | undefined;
  readonly at: Date;
}

/** A change that was committed, at its place in the log of its context: a whole number that grows. */
export interface ContextEvent extends ContextChange {
  readonly position: number;
}

/** Events are kept for a day, so that whoever was away can be told what it missed. */
export const EVENTS_KEPT_SECONDS = 86_400;
/** And so many per context: twice what one clearing of the largest context tells. */
export const EVENTS_KEPT_PER_CONTEXT = 200_000;
/** A log that nobody added to for so long is forgotten with its positions; a newer one begins beyond them. */
export const IDLE_LOG_SECONDS = 2_592_000;
