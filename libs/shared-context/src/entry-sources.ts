import { invalid, maySee, type Caller, type Fault } from '#libs/kernel';
import type { EntrySource, SourceRequest } from './entry.js';
import { anotherUsersEntry } from './put-condition.js';

/** What a store knows of the entry, or of the trace of one, that a source names. */
export interface KnownSource {
  /** The newest that there was. */
  readonly version: number;
  readonly userId?: string | undefined;
  readonly isAlive: boolean;
}

/**
 * Fixes which versions an entry was made from; every store decides by this rule. Without a version it is the one that
 * is there; a version that was there once may be named also after the entry has changed or is gone.
 * @throws HeadroomError `validation_error` naming every source that never was; `forbidden`.
 */
export function pinSources(
  caller: Caller,
  requests: readonly SourceRequest[],
  known: readonly (KnownSource | undefined)[],
): readonly EntrySource[] {
  const faults: Fault[] = [];
  const sources = requests.map(({ key, version }, index): EntrySource => {
    const source = known[index];
    const isSeen = maySee(caller, source?.userId);
    if (source?.isAlive === true && !isSeen) throw anotherUsersEntry();
    const path = `derived_from[${index}]`;
    if (source === undefined || !isSeen || (version === undefined && !source.isAlive)) {
      faults.push({ path, message: 'no such entry in this shared context' });
    } else if (version !== undefined && version > source.version) {
      faults.push({ path, message: `there is no version ${version} yet, the newest is ${source.version}` });
    }
    return { key, version: version ?? source?.version ?? 0 };
  });
  if (faults.length > 0) throw invalid(faults);
  return sources;
}
