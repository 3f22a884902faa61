import type { Caller } from '#libs/kernel';
import type { AcceptedHandoff, Handoff, HandoffFilter, HandoffPage, HandoffPageRequest } from './handoff.js';
import type { HandoffDraft, RepeatedDraft } from './pin-entries.js';

/**
 * Keeps handoffs. One that holds an entry of a user whom the caller may not see is not listed, and forbidden when it is
 * asked for. Every change is told of in the log of its context, in the same transaction.
 */
export abstract class HandoffStore {
  /**
   * Pins what stands under the keys, by the rule of `pinEntries`, in one transaction: the compressed contents become
   * the handoff's own, and the originals outlive their own expiry until the handoff ends. A repetition, by its
   * idempotency key, gets the handoff of the first time.
   * @throws HeadroomError `not_found`, `forbidden`, `context_over_budget`.
   */
  abstract create(caller: Caller, draft: HandoffDraft): Promise<Handoff>;

  /** What {@link create} would give to a repetition: undefined when it would make one. @throws HeadroomError `forbidden`. */
  abstract createdBefore(caller: Caller, draft: RepeatedDraft): Promise<Handoff | undefined>;

  /**
   * Gives the contents to the first who asks, however many ask at once; the originals are renewed. Whoever repeats the
   * first under its idempotency key gets them again, until the handoff ends: the answer may have been lost.
   * @throws HeadroomError `not_found`, `forbidden`; `conflict` when it was accepted before or has expired.
   */
  abstract accept(
    caller: Caller,
    context: string,
    id: string,
    now: Date,
    idempotencyKey?: string,
  ): Promise<AcceptedHandoff>;

  /** @throws HeadroomError `not_found`, `forbidden`. */
  abstract find(caller: Caller, context: string, id: string): Promise<Handoff>;

  /** Newest first. */
  abstract list(
    caller: Caller,
    context: string,
    filter: HandoffFilter,
    page: HandoffPageRequest,
    now: Date,
  ): Promise<HandoffPage>;

  /**
   * Drops the contents of handoffs whose time is over, and forgets what ended 30 days ago; across all tenants.
   * @returns of how many.
   */
  abstract sweep(now: Date): Promise<number>;
}
