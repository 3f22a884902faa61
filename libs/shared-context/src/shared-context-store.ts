import type { Caller } from '#libs/kernel';
import type {
  EntryDraft,
  EntryLookup,
  EntryPage,
  EntryPageRequest,
  PutCondition,
  SharedContextConfig,
  SharedContextTotals,
  StoredPut,
} from './entry.js';

/**
 * Keeps shared contexts, and tells of every change in the context's `ContextEventLog` in the same transaction. Names of
 * contexts and keys are well-formed strings without NUL, opaque and matched exactly; expired entries count as absent.
 * Everything a caller does acts on what it may see: eviction too spares the entries of other users.
 */
export abstract class SharedContextStore {
  /**
   * Writes an entry under the next version and evicts the oldest beyond `maxEntries`, in one transaction. A caller
   * bound to users neither sees nor overwrites an entry of another user.
   * @throws HeadroomError `precondition_failed` when the condition does not hold; `validation_error`
   * for a source that never was; `forbidden`.
   */
  abstract put(
    caller: Caller,
    entry: EntryDraft,
    condition: PutCondition,
    maxEntries: number,
  ): Promise<StoredPut>;

  abstract find(caller: Caller, context: string, key: string, now: Date): Promise<EntryLookup>;

  /** Newest first. */
  abstract list(caller: Caller, context: string, page: EntryPageRequest, now: Date): Promise<EntryPage>;

  /** @returns whether there was one. @throws HeadroomError `precondition_failed`, also when a version is expected of none. */
  abstract remove(caller: Caller, context: string, key: string, expectedVersion?: number): Promise<boolean>;

  /** @returns how many entries there were. */
  abstract clear(caller: Caller, context: string): Promise<number>;

  abstract totals(caller: Caller, context: string, now: Date): Promise<SharedContextTotals>;

  /** The context's own configuration; null when none was set. */
  abstract config(caller: Caller, context: string): Promise<SharedContextConfig | null>;
  abstract saveConfig(caller: Caller, context: string, config: SharedContextConfig): Promise<void>;

  /** Drops what has expired in one context, whoever's it is, and tells so; cheap when nothing has. @returns how many. */
  abstract expire(caller: Caller, context: string, now: Date): Promise<number>;

  /** Drops the contents of expired entries, leaving a trace that tells expired from unknown. @returns how many. */
  abstract sweep(now: Date): Promise<number>;
}
