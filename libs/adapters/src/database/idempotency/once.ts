import { type Caller, type Claim, HeadroomError, type JsonObject, type JsonValue } from '#libs/kernel';
import { addressOf } from '../address.js';
import { json, isNull } from '../row.js';
import { rowLocks, type Sql, sql } from '../sql.js';
import type { Unit, UnitOfWork, UnitOptions } from '../unit-of-work.js';

/** How a step is known again. */
export interface Repeatable<T> {
  /** What is kept of it: ids and codes, never contents. */
  readonly noteOf: (outcome: T) => JsonValue;
  /** Its outcome again, as what the note names is now. */
  readonly fromNote: (note: JsonValue, unit: Unit) => Promise<T>;
  /** Whose it is, so that erasing the user finds the note. */
  readonly userId?: string | undefined;
}

/**
 * Runs a unit that a request does once under its idempotency key: the note of it is written in the same transaction, and
 * whoever repeats the request gets the first outcome. Without a key the unit just runs.
 * @throws HeadroomError `conflict` when the key stands for another request by now.
 */
export function once<T>(
  unitOfWork: UnitOfWork,
  caller: Caller,
  work: (unit: Unit) => Promise<T>,
  { noteOf, fromNote, userId }: Repeatable<T>,
  options?: UnitOptions,
): Promise<T> {
  const { claim } = caller;
  if (claim === undefined) return unitOfWork.run(caller, work, options);
  // The unit may run several times; it is one step.
  const step = String(claim.nextStep());
  const guarded = async (unit: Unit): Promise<T> => {
    const place = placeOf(caller, claim);
    const done = await stepsDone(unit, place);
    const note = done[step];
    if (note !== undefined) return fromNote(note, unit);
    const outcome = await work(unit);
    const steps = JSON.stringify({ ...done, [step]: noteOf(outcome) });
    await unit.run(sql`UPDATE idempotency_keys SET steps = ${steps}, user_id = ${userId} WHERE ${place}`);
    return outcome;
  };
  return unitOfWork.run(caller, guarded, options);
}

/** Nobody else does a step of the same request before this unit ends. */
async function stepsDone(unit: Unit, place: Sql): Promise<JsonObject> {
  const row = await unit.first(
    sql`SELECT steps FROM idempotency_keys WHERE ${place} ${rowLocks(unit.dialect)}`,
  );
  if (row === undefined) throw claimLost();
  return isNull(row, 'steps') ? {} : (json(row, 'steps') as JsonObject);
}

function placeOf(caller: Caller, { key, bodyHash }: Claim): Sql {
  return sql`tenant_id = ${caller.tenantId} AND address = ${addressOf(caller.keyId, key)}
    AND body_hash = ${bodyHash}`;
}

function claimLost(): HeadroomError {
  return new HeadroomError(
    'conflict',
    'This request took too long to hold its Idempotency-Key, and nothing was done. Try again.',
  );
}
