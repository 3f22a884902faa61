import { HeadroomError, type ErrorCode, type JsonValue, notFound } from '#libs/kernel';
import type { InsertOutcome, Memory } from '#libs/memory';
import type { Repeatable } from '../idempotency/once.js';
import type { Unit } from '../unit-of-work.js';
import type { MemoryRows } from './memory-rows.js';

type RowsIn = (unit: Unit) => MemoryRows;
type Succession = { readonly memory: Memory; readonly superseded: Memory };

interface InsertNote {
  readonly status: 'created' | 'duplicate';
  readonly id: string;
  readonly superseded?: string;
}

interface FaultNote {
  readonly status: 'error';
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, JsonValue>>;
}

/** One insert under an idempotency key. */
export function repeatableInsert(rowsIn: RowsIn, userId: string): Repeatable<InsertOutcome> {
  return {
    userId,
    noteOf: (outcome) => asJson(insertNote(outcome)),
    fromNote: (note, unit) => fromInsertNote(note as unknown as InsertNote, rowsIn(unit)),
  };
}

/** A batch of them; what was refused is refused again with the same words. */
export function repeatableInserts(rowsIn: RowsIn): Repeatable<readonly (InsertOutcome | Error)[]> {
  return {
    noteOf: (outcomes) =>
      asJson(outcomes.map((one) => (one instanceof Error ? faultNote(one) : insertNote(one)))),
    fromNote: async (note, unit) => {
      const outcomes: (InsertOutcome | Error)[] = [];
      for (const one of note as unknown as readonly (InsertNote | FaultNote)[]) {
        outcomes.push(
          one.status === 'error'
            ? new HeadroomError(one.code, one.message, one.details)
            : await fromInsertNote(one, rowsIn(unit)).catch(coded),
        );
      }
      return outcomes;
    },
  };
}

/** One succession. */
export function repeatableSuccession(rowsIn: RowsIn, userId: string): Repeatable<Succession> {
  return {
    userId,
    noteOf: ({ memory, superseded }) => [memory.id, superseded.id],
    fromNote: async (note, unit) => {
      const [id, supersededId] = note as [string, string];
      const rows = rowsIn(unit);
      return { memory: await still(rows, id), superseded: await still(rows, supersededId) };
    },
  };
}

function insertNote(outcome: InsertOutcome): InsertNote {
  const { status, memory } = outcome;
  const superseded = outcome.status === 'created' ? outcome.superseded : undefined;
  return { status, id: memory.id, ...(superseded !== undefined && { superseded: superseded.id }) };
}

async function fromInsertNote(
  { status, id, superseded }: InsertNote,
  rows: MemoryRows,
): Promise<InsertOutcome> {
  const memory = await still(rows, id);
  if (status === 'duplicate' || superseded === undefined) return { status, memory };
  // What it replaced may be gone by now; what was asked for is there.
  return { status, memory, superseded: await rows.find(superseded) };
}

/** @throws HeadroomError `not_found` for what was stored, and has been erased since. */
async function still(rows: MemoryRows, id: string): Promise<Memory> {
  const memory = await rows.find(id);
  if (memory === undefined) throw notFound('memory', 'What this request stored has been erased since.');
  return memory;
}

function faultNote(error: Error): FaultNote {
  if (!(error instanceof HeadroomError)) {
    return {
      status: 'error',
      code: 'internal_error',
      message: 'This memory could not be stored.',
      details: {},
    };
  }
  const { code, message, details } = error;
  return { status: 'error', code, message, details: details as FaultNote['details'] };
}

function coded(error: unknown): Error {
  if (error instanceof HeadroomError) return error;
  throw error;
}

function asJson(note: unknown): JsonValue {
  return note as JsonValue;
}
